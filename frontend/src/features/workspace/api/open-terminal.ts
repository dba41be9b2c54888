import { jsonBody } from "@/api/client";
import type { Ide } from "./ide";
import { Terminal } from "./model";

export function openTerminal(ide: Ide, cols: number, rows: number): Promise<Terminal> {
  return ide.read(Terminal, "terminals", undefined, jsonBody("POST", { cols, rows }));
}
