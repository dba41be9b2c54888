// Downloads are plain links: the browser streams them to disk.

export const contentUrl = (id: string) => `/api/v1/nodes/${id}/content`;
export const versionUrl = (id: string, versionId: string) =>
  `/api/v1/nodes/${id}/versions/${versionId}/content`;

export function startDownload(id: string, name: string): void {
  const link = document.createElement("a");
  link.href = contentUrl(id);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
