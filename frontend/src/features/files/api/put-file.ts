// One file to the server, with progress. XMLHttpRequest, because fetch does not report what was sent.
import { parseAnswer, type ApiClient } from "@/api/client";
import { Node } from "@/api/model";
import { offlineProblem, problemFromBody } from "@/api/problem";

/** Why an upload was stopped, when it is to go on later. */
export const paused = "paused";

export interface PutFile {
  folderId: string;
  name: string;
  body: Blob;
  /** The version that is replaced; without it the name must be free. */
  replaces?: string;
  onProgress: (sent: number) => void;
  signal: AbortSignal;
}

export function putFile(api: ApiClient, put: PutFile): Promise<Node> {
  const url = `/api/v1/nodes/${put.folderId}/files?name=${encodeURIComponent(put.name)}`;
  return api.repeat(url, () => attempt(url, put));
}

function attempt(url: string, put: PutFile): Promise<Node> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("content-type", "application/octet-stream");
    if (put.replaces) request.setRequestHeader("if-match", `"${put.replaces}"`);
    else request.setRequestHeader("if-none-match", "*");
    request.upload.onprogress = (event) => put.onProgress(event.loaded);
    request.onload = () => {
      const requestId = request.getResponseHeader("x-request-id");
      try {
        if (request.status >= 200 && request.status < 300) {
          resolve(parseAnswer(Node, JSON.parse(request.responseText) as unknown, requestId));
        } else {
          reject(problemFromBody(request.status, requestId, request.responseText));
        }
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    request.onerror = () => reject(offlineProblem());
    request.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
    if (put.signal.aborted) {
      reject(new DOMException("Cancelled", "AbortError"));
      return;
    }
    put.signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(put.body);
  });
}
