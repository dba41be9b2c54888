import type { Ide } from "./ide";

export async function startSandbox(ide: Ide): Promise<void> {
  await ide.post("start", {});
}
