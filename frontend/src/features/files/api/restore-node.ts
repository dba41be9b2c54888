import type { ApiClient } from "@/api/client";
import { Node } from "@/api/model";

export function restoreNode(api: ApiClient, id: string): Promise<Node> {
  return api.read(
    Node,
    api.http.POST("/api/v1/nodes/{node_id}/restore", { params: { path: { node_id: id } } }),
  );
}
