import type { Ide } from "./ide";

export async function renamePath(ide: Ide, from: string, to: string): Promise<void> {
  await ide.post("rename", { from, to });
}
