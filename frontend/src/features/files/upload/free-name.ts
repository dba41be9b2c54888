/** `report.txt` → `report (2).txt`: the next name to try when one is taken. */
export function nextName(name: string): string {
  const dot = name.lastIndexOf(".");
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const ending = dot > 0 ? name.slice(dot) : "";
  const counted = /^(.*) \((\d{1,4})\)$/.exec(stem);
  if (counted) return `${counted[1] ?? ""} (${Number(counted[2]) + 1})${ending}`;
  return `${stem} (2)${ending}`;
}
