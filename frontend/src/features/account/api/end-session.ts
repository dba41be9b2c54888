import type { ApiClient } from "@/api/client";

export async function endSession(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/account/sessions/{session_id}", { params: { path: { session_id: id } } });
}
