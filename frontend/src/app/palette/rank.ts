// How well a typed text fits the words of an action: letters in order, better when they start words.

/** 0 when it does not fit; higher is better. */
export function rank(query: string, text: string): number {
  const needle = query.trim().toLowerCase();
  const hay = text.toLowerCase();
  if (needle === "") return 1;
  const whole = hay.indexOf(needle);
  if (whole === 0) return 1000 - hay.length;
  if (whole > 0) return (/\W/.test(hay[whole - 1] ?? "") ? 800 : 600) - whole - hay.length / 100;
  let score = 0;
  let at = -1;
  for (const char of needle) {
    if (char === " ") continue;
    const found = hay.indexOf(char, at + 1);
    if (found < 0) return 0;
    if (found === 0 || /\W/.test(hay[found - 1] ?? "")) score += 12;
    else score += found === at + 1 ? 6 : 1;
    at = found;
  }
  return score;
}
