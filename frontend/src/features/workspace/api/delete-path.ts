import type { Ide } from "./ide";

export async function deletePath(ide: Ide, path: string): Promise<void> {
  await ide.send("file", { path }, { method: "DELETE" });
}
