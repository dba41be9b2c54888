import { jsonBody, type ApiClient } from "@/api/client";
import { Node } from "@/api/model";

/** Out of the trash: to its place, or to another folder, or under another name. */
export function restoreNode(
  api: ApiClient,
  id: string,
  to: { folderId?: string | undefined; name?: string | undefined } = {},
): Promise<Node> {
  const body = {
    ...(to.folderId ? { folder_id: to.folderId } : {}),
    ...(to.name ? { name: to.name } : {}),
  };
  const elsewhere = Object.keys(body).length > 0;
  return api.readJson(
    Node,
    `/api/v1/nodes/${id}/restore`,
    elsewhere ? jsonBody("POST", body) : { method: "POST" },
  );
}
