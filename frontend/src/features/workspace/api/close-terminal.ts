import type { Ide } from "./ide";

export async function closeTerminal(ide: Ide, id: string): Promise<void> {
  await ide.send(`terminals/${id}`, undefined, { method: "DELETE" });
}
