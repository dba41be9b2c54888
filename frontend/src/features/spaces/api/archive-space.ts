import type { ApiClient } from "@/api/client";

/** From then on it can be read, not changed. */
export async function archiveSpace(api: ApiClient, id: string): Promise<void> {
  await api.send(`/api/v1/spaces/${id}/archive`, { method: "POST" });
}
