// A name as it can be shown in one line: what cannot be seen, or turns the writing around, is written out.

const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Control characters, line and paragraph breaks, and the marks that change the direction of writing. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

export function visibleName(name: string): string {
  return name.replace(
    hidden,
    (char) => short[char] ?? `\\u{${(char.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}}`,
  );
}
