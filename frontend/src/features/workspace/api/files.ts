// Files of a workspace, as they lie in its sandbox.
import { parseAnswer } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Ide } from "./ide";
import { Entries, Saved, type Entry } from "./model";

export async function listTree(ide: Ide, path: string, signal?: AbortSignal): Promise<Entry[]> {
  const answer = await ide.read(Entries, "tree", { path }, signal ? { signal } : {});
  return answer.entries;
}

export interface FileContent {
  bytes: Uint8Array;
  sha256: string;
}

/** `null` when there is no such file. */
export async function readFile(ide: Ide, path: string): Promise<FileContent | null> {
  let response: Response;
  try {
    response = await ide.send("file", { path });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
  const sha256 = response.headers.get("etag")?.replace(/^W\//, "").replaceAll('"', "") ?? "";
  return { bytes: new Uint8Array(await response.arrayBuffer()), sha256 };
}

/** `expected` is the hash that the file must have; `null` when it must not be there yet. */
export async function writeFile(
  ide: Ide,
  path: string,
  text: string,
  expected: string | null,
): Promise<string> {
  const response = await ide.send(
    "file",
    { path },
    {
      method: "PUT",
      headers: {
        "content-type": "application/octet-stream",
        ...(expected === null ? { "if-none-match": "*" } : { "if-match": `"${expected}"` }),
      },
      body: text,
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  return parseAnswer(Saved, body, response.headers.get("x-request-id")).sha256;
}

export async function deletePath(ide: Ide, path: string): Promise<void> {
  await ide.send("file", { path }, { method: "DELETE" });
}

export async function makeFolder(ide: Ide, path: string): Promise<void> {
  await ide.post("folders", { path });
}

export async function renamePath(ide: Ide, from: string, to: string): Promise<void> {
  await ide.post("rename", { from, to });
}
