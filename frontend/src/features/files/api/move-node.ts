import type { ApiClient } from "@/api/client";
import { Node } from "@/api/model";

export function moveNode(api: ApiClient, id: string, parentId: string): Promise<Node> {
  return api.read(
    Node,
    api.http.PATCH("/api/v1/nodes/{node_id}", {
      params: { path: { node_id: id } },
      body: { parent_id: parentId },
    }),
  );
}
