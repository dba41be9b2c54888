import type { Ide } from "./ide";
import { Terminals, type Terminal } from "./model";

export async function listTerminals(ide: Ide, signal?: AbortSignal): Promise<Terminal[]> {
  return (await ide.read(Terminals, "terminals", undefined, signal ? { signal } : {})).items;
}
