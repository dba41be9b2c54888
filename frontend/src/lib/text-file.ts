// Bytes of a file as text for the editor, and back without a change in any byte that was not edited.

export type Decoded =
  | { kind: "text"; text: string; lineBreak: "\n" | "\r\n" }
  /** Bytes that are no UTF-8 text: the editor would destroy them. */
  | { kind: "binary" };

const sniffed = 8000;

export function decodeFile(bytes: Uint8Array): Decoded {
  if (bytes.subarray(0, sniffed).includes(0)) return { kind: "binary" };
  let text: string;
  try {
    // The mark at the start of some files is kept as a character, so that it is written again.
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: "binary" };
  }
  const breaks = text.match(/\r\n|\n|\r/g) ?? [];
  // Only a file that ends all its lines in CR LF is edited as such; in all others CR stays a character.
  const crlf = breaks.length > 0 && breaks.every((each) => each === "\r\n");
  return { kind: "text", text, lineBreak: crlf ? "\r\n" : "\n" };
}

/** The smallest replacement that turns `before` into `after`, so that cursors stay where they are. */
export function difference(
  before: string,
  after: string,
): { from: number; to: number; insert: string } | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before.charCodeAt(from) === after.charCodeAt(from)) from += 1;
  let end = 0;
  while (
    end < shorter - from &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  ) {
    end += 1;
  }
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}
