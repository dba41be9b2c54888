import { parseAnswer } from "@/api/client";
import type { Ide } from "./ide";
import { Saved } from "./model";

/** `expected` is the hash that the file must have; `null` when it must not be there yet. */
export async function writeFile(
  ide: Ide,
  path: string,
  text: string,
  expected: string | null,
): Promise<string> {
  const response = await ide.send(
    "file",
    { path },
    {
      method: "PUT",
      headers: {
        "content-type": "application/octet-stream",
        ...(expected === null ? { "if-none-match": "*" } : { "if-match": `"${expected}"` }),
      },
      body: text,
    },
  );
  const body: unknown = await response.json().catch(() => undefined);
  return parseAnswer(Saved, body, response.headers.get("x-request-id")).sha256;
}
