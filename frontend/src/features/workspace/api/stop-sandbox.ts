import type { Ide } from "./ide";

export async function stopSandbox(ide: Ide): Promise<void> {
  await ide.post("stop", {});
}
