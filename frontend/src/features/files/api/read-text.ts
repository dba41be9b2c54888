import type { ApiClient } from "@/api/client";
import { decodeFile } from "@/lib/text-file";

/** The content at an address as text; `null` when it is none. Only for contents that are known to be small. */
export async function readText(api: ApiClient, address: string, signal: AbortSignal): Promise<string | null> {
  const response = await api.send(address, { signal });
  const decoded = decodeFile(new Uint8Array(await response.arrayBuffer()));
  return decoded.kind === "text" ? decoded.text : null;
}
