import { Problem } from "@/api/problem";
import type { Ide } from "./ide";

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
