import type { ApiClient } from "@/api/client";

/** To the trash; {@link restoreNode} brings it back. */
export async function deleteNode(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/nodes/{node_id}", { params: { path: { node_id: id } } });
}
