import { jsonBody, type ApiClient } from "@/api/client";
import { Node } from "@/api/model";

/** A copy of a file, or of a folder with all that is in it. No bytes move. */
export function copyNode(api: ApiClient, id: string, folderId: string, name?: string): Promise<Node> {
  return api.readJson(
    Node,
    `/api/v1/nodes/${id}/copies`,
    jsonBody("POST", { folder_id: folderId, ...(name === undefined ? {} : { name }) }),
  );
}
