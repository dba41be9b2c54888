import { jsonBody, type ApiClient } from "@/api/client";

/** Gives a version a name of its own; `null` takes it away. */
export async function labelVersion(
  api: ApiClient,
  id: string,
  versionId: string,
  label: string | null,
): Promise<void> {
  await api.send(`/api/v1/nodes/${id}/versions/${versionId}`, jsonBody("PATCH", { label }));
}
