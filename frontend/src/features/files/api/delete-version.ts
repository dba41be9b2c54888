import type { ApiClient } from "@/api/client";

/** For good: a version has no trash. */
export async function deleteVersion(api: ApiClient, id: string, versionId: string): Promise<void> {
  await api.send(`/api/v1/nodes/${id}/versions/${versionId}`, { method: "DELETE" });
}
