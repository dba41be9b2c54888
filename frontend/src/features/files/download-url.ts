// Where the browser gets what is selected.
import type { Node } from "@/api/model";
import { contentUrl } from "./api/download";

/** So many items fit into one answer. */
const mostInZip = 500;

/** Where the browser gets what is selected: one file as it is, everything else as a zip; `null` when it is too much. */
export function downloadUrl(nodes: readonly Node[]): { url: string; name: string } | null {
  const one = nodes[0];
  if (one === undefined || nodes.length > mostInZip) return null;
  if (nodes.length > 1) {
    const query = new URLSearchParams(nodes.map((node) => ["node", node.id]));
    return { url: `/api/v1/zips?${query}`, name: "files.zip" };
  }
  return one.kind === "file"
    ? { url: contentUrl(one.id), name: one.name }
    : { url: `/api/v1/nodes/${one.id}/zip`, name: `${one.name}.zip` };
}
