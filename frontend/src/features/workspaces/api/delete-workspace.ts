import type { ApiClient } from "@/api/client";

/** Removes the workspace; the folder and its files stay. */
export async function deleteWorkspace(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/workspaces/{workspace_id}", { params: { path: { workspace_id: id } } });
}
