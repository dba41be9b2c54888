import type { ApiClient } from "@/api/client";

export async function dropElevation(api: ApiClient): Promise<void> {
  await api.http.DELETE("/api/v1/session/elevation");
}
