import { jsonBody } from "@/api/client";
import type { Ide } from "./ide";
import { Terminal, Terminals } from "./model";

export async function listTerminals(ide: Ide, signal?: AbortSignal): Promise<Terminal[]> {
  return (await ide.read(Terminals, "terminals", undefined, signal ? { signal } : {})).items;
}

export function openTerminal(ide: Ide, cols: number, rows: number): Promise<Terminal> {
  return ide.read(Terminal, "terminals", undefined, jsonBody("POST", { cols, rows }));
}

export async function closeTerminal(ide: Ide, id: string): Promise<void> {
  await ide.send(`terminals/${id}`, undefined, { method: "DELETE" });
}
