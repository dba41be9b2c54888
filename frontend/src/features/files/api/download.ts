// Downloads are plain links: the browser streams them to disk.
import type { ApiClient } from "@/api/client";
import type { Node } from "@/api/model";

export const contentUrl = (id: string) => `/api/v1/nodes/${id}/content`;
export const versionUrl = (id: string, versionId: string) =>
  `/api/v1/nodes/${id}/versions/${versionId}/content`;

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

/** The browser cannot renew the session on its own way to the file: it is made sure of before. */
export async function startDownload(api: ApiClient, address: string, name: string): Promise<void> {
  await api.ready();
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
