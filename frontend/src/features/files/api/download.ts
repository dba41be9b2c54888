// Downloads are plain links: the browser streams them to disk.
import type { ApiClient } from "@/api/client";

export const contentUrl = (id: string) => `/api/v1/nodes/${id}/content`;
export const versionUrl = (id: string, versionId: string) =>
  `/api/v1/nodes/${id}/versions/${versionId}/content`;

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
