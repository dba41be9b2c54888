import type { ApiClient } from "@/api/client";
import { Node } from "@/api/model";

export function renameNode(api: ApiClient, id: string, name: string): Promise<Node> {
  return api.read(
    Node,
    api.http.PATCH("/api/v1/nodes/{node_id}", { params: { path: { node_id: id } }, body: { name } }),
  );
}
