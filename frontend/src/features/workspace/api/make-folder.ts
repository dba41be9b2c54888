import type { Ide } from "./ide";

export async function makeFolder(ide: Ide, path: string): Promise<void> {
  await ide.post("folders", { path });
}
