import type { HttpResponse, UploadOptions } from "tus-js-client";
import { expect, it, vi } from "vitest";
import { ApiClient } from "@/api/client";
import { asProblem } from "@/api/problem";
import { paused, type PutFile } from "./put-file";
import { putLargeFile, type Resumable } from "./put-large-file";

const node = {
  id: "n",
  space_id: "s",
  kind: "file",
  name: "big.bin",
  size: 3,
  etag: "e",
  changed_at: "2026-11-20T12:00:00Z",
  abilities: { write: true, delete: true, open_workspace: false },
};
const response = (status: number, headers: Record<string, string> = {}, body = ""): HttpResponse => ({
  getStatus: () => status,
  getHeader: (name) => headers[name],
  getBody: () => body,
  getUnderlyingObject: () => null,
});

/** A transfer whose end each test decides. */
function setUp(change: Partial<PutFile> = {}, previous: object[] = []) {
  const controller = new AbortController();
  const seen: { options?: UploadOptions } = {};
  const fake = {
    start: vi.fn(),
    abort: vi.fn(() => Promise.resolve()),
    findPreviousUploads: vi.fn(() => Promise.resolve(previous)),
    resumeFromPreviousUpload: vi.fn(),
  };
  const renewed: string[] = [];
  const api = new ApiClient({
    onSignedOut: () => undefined,
    fetch: (input) => {
      const { pathname } = new URL((input as Request).url ?? String(input), "http://127.0.0.1");
      renewed.push(pathname);
      return Promise.resolve(pathname.startsWith("/api/v1/nodes/") ? Response.json(node) : Response.json({}));
    },
  });
  const put: PutFile = {
    folderId: "f",
    name: "big.bin",
    body: new File(["abc"], "big.bin", { lastModified: 7 }),
    onProgress: vi.fn(),
    signal: controller.signal,
    ...change,
  };
  const result = putLargeFile(api, put, (_, options) => {
    seen.options = options;
    return fake as unknown as Resumable;
  });
  const started = vi.waitFor(() => expect(fake.start).toHaveBeenCalled());
  return { controller, seen, fake, put, result, started, renewed };
}

it("names file and place, and reads the file that came of it", async () => {
  const { seen, result, started, renewed } = setUp({ replaces: "v1" });
  await started;
  expect(seen.options?.metadata).toEqual({ filename: "big.bin", folder_id: "f", if_match: "v1" });
  seen.options?.onSuccess?.({ lastResponse: response(204, { "Carrel-Node-Id": "n" }) });
  expect((await result).id).toBe("n");
  expect(renewed).toEqual(["/api/v1/session", "/api/v1/nodes/n"]);
});

it("goes on with what was sent before, found by file and place", async () => {
  const before = { uploadUrl: "/api/v1/uploads/x" };
  const { seen, fake, result, started } = setUp({}, [before]);
  await started;
  expect(fake.resumeFromPreviousUpload).toHaveBeenCalledExactlyOnceWith(before);
  const key = await seen.options?.fingerprint?.({} as File, {} as UploadOptions);
  expect(key).toBe("carrel-f-big.bin-3-7-new");
  seen.options?.onSuccess?.({ lastResponse: response(204, { "Carrel-Node-Id": "n" }) });
  await result;
});

it("leaves on the server what is paused, and not what is cancelled", async () => {
  for (const [reason, terminate] of [
    [paused, false],
    [undefined, true],
  ] as const) {
    const { controller, fake, result, started } = setUp();
    await started;
    controller.abort(reason);
    await expect(result).rejects.toMatchObject({ name: "AbortError" });
    expect(fake.abort).toHaveBeenCalledExactlyOnceWith(terminate);
  }
});

it("says why it was refused, in the server's code", async () => {
  const { seen, result, started } = setUp();
  await started;
  const body = JSON.stringify({ error: { code: "quota_exceeded", message: "Full." } });
  const error = Object.assign(new Error("tus"), { originalResponse: response(507, {}, body) });
  seen.options?.onError?.(error as never);
  expect(asProblem(await result.catch((reason: unknown) => reason)).code).toBe("quota_exceeded");
  // A full space stays full; a lost connection comes back.
  expect(seen.options?.onShouldRetry?.(error as never, 0, {})).toBe(false);
  expect(seen.options?.onShouldRetry?.({ originalResponse: null } as never, 0, {})).toBe(true);
});

it("does not take an answer without a file for a file", async () => {
  const { seen, result, started } = setUp();
  await started;
  seen.options?.onSuccess?.({ lastResponse: response(204) });
  await expect(result).rejects.toMatchObject({ code: "unreadable_answer" });
});
