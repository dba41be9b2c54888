import type { ApiClient } from "@/api/client";
import { Node } from "@/api/model";

/** Makes a new version with the content of an old one; what is current now stays as a version. */
export function restoreVersion(api: ApiClient, id: string, versionId: string): Promise<Node> {
  return api.readJson(Node, `/api/v1/nodes/${id}/versions/${versionId}/restore`, { method: "POST" });
}
