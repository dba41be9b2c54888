import type { ApiClient } from "@/api/client";

/** Deletes for good, with all versions: nothing brings it back. */
export async function purgeNode(api: ApiClient, spaceId: string, id: string): Promise<void> {
  await api.send(`/api/v1/spaces/${spaceId}/trash/${id}`, { method: "DELETE" });
}
