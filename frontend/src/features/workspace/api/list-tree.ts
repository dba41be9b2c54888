import type { Ide } from "./ide";
import { Entries, type Entry } from "./model";

export async function listTree(ide: Ide, path: string, signal?: AbortSignal): Promise<Entry[]> {
  const answer = await ide.read(Entries, "tree", { path }, signal ? { signal } : {});
  return answer.entries;
}
