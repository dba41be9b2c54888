import type { ApiClient } from "@/api/client";

export async function markNoticesSeen(api: ApiClient): Promise<void> {
  await api.http.POST("/api/v1/account/notices/seen");
}
