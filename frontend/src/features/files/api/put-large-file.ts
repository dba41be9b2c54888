// A large file to the server in pieces (tus 1.0): what was sent stays there when the network, the page or the person stops,
// and the next attempt goes on from it, also after the page was loaded again and the same file chosen.
import type { HttpResponse, PreviousUpload, Upload, UploadOptions } from "tus-js-client";
import type { ApiClient } from "@/api/client";
import { Node } from "@/api/model";
import { Problem, offlineProblem, problemFromBody } from "@/api/problem";
import { paused, type PutFile } from "./put-file";

/** What of tus-js-client is used. */
export interface Resumable {
  start(): void;
  abort(terminate?: boolean): Promise<void>;
  findPreviousUploads(): Promise<PreviousUpload[]>;
  resumeFromPreviousUpload(previous: PreviousUpload): void;
}
export type MakeResumable = (file: Blob, options: UploadOptions) => Resumable;

const endpoint = "/api/v1/uploads";
/** Small enough for the limits of proxies, and so that a session is renewed in between. */
const pieceBytes = 32 * 1024 * 1024;
/** How long is waited before each new attempt after a lost connection, in ms. */
const retryDelays = [500, 2_000, 5_000, 10_000];

const real = async (): Promise<MakeResumable> => {
  const tus = await import("tus-js-client");
  return (file, options): Upload => new tus.Upload(file as File, options);
};

export async function putLargeFile(api: ApiClient, put: PutFile, make?: MakeResumable): Promise<Node> {
  const resumable = make ?? (await real());
  const id = await api.repeat(endpoint, async () => {
    // The session is made sure of first: a refusal would make the client forget what it has sent.
    await api.ready();
    return attempt(put, resumable);
  });
  return api.read(Node, api.http.GET("/api/v1/nodes/{node_id}", { params: { path: { node_id: id } } }));
}

function attempt(put: PutFile, make: MakeResumable): Promise<string> {
  const { signal } = put;
  const changedAt = put.body instanceof File ? put.body.lastModified : 0;
  return new Promise((resolve, reject) => {
    const cancelled = () => reject(new DOMException("Cancelled", "AbortError"));
    if (signal.aborted) return cancelled();
    const upload = make(put.body, {
      endpoint,
      chunkSize: pieceBytes,
      retryDelays,
      metadata: {
        filename: put.name,
        folder_id: put.folderId,
        ...(put.replaces ? { if_match: put.replaces } : {}),
      },
      // The same file for the same place: neither a name nor a size alone says that.
      fingerprint: () =>
        Promise.resolve(
          ["carrel", put.folderId, put.name, put.body.size, changedAt, put.replaces ?? "new"].join("-"),
        ),
      removeFingerprintOnSuccess: true,
      onProgress: (sent) => put.onProgress(sent),
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        // A lost connection, a piece that another attempt still holds, or a server that is not ready.
        return status === 0 || status === 409 || status === 423 || status === 502 || status === 503;
      },
      onSuccess: ({ lastResponse }) => {
        signal.removeEventListener("abort", stop);
        const id = lastResponse.getHeader("Carrel-Node-Id");
        if (id) resolve(id);
        else reject(unreadable(lastResponse));
      },
      onError: (error) => {
        signal.removeEventListener("abort", stop);
        reject(problemOf("originalResponse" in error ? error.originalResponse : null, error));
      },
    });
    const stop = () => {
      // What is paused goes on later; what is cancelled is not kept on the server.
      upload.abort(signal.reason !== paused).catch(() => undefined);
      cancelled();
    };
    signal.addEventListener("abort", stop, { once: true });
    void upload.findPreviousUploads().then(
      (previous) => {
        if (signal.aborted) return;
        const last = previous.at(-1);
        if (last) upload.resumeFromPreviousUpload(last);
        upload.start();
      },
      () => upload.start(),
    );
  });
}

function problemOf(response: HttpResponse | null, cause: unknown): Problem {
  if (!response || response.getStatus() === 0) return offlineProblem(cause);
  const requestId = response.getHeader("x-request-id") ?? null;
  return problemFromBody(response.getStatus(), requestId, response.getBody());
}

function unreadable(response: HttpResponse): Problem {
  return new Problem({
    code: "unreadable_answer",
    message: "The answer does not name the file.",
    status: response.getStatus(),
    requestId: response.getHeader("x-request-id") ?? null,
  });
}
