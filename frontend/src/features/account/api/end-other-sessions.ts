import type { ApiClient } from "@/api/client";

export async function endOtherSessions(api: ApiClient): Promise<void> {
  await api.http.DELETE("/api/v1/account/sessions");
}
