// What the page says about a new password while it is typed. The server decides; this only explains.

export const shortest = 15;

export type Strength =
  | { state: "empty" }
  | { state: "short"; missing: number }
  | { state: "repeats" }
  | { state: "contains_name" }
  | { state: "good"; length: number };

export function passwordStrength(password: string, names: readonly string[]): Strength {
  const length = [...password].length;
  if (length === 0) return { state: "empty" };
  if (length < shortest) return { state: "short", missing: shortest - length };
  if (new Set(password.toLowerCase()).size < 5) return { state: "repeats" };
  const plain = password.toLowerCase();
  if (
    names.some(
      (name) => name.length >= 4 && plain.includes(name.toLowerCase()) && length - name.length < shortest,
    )
  ) {
    return { state: "contains_name" };
  }
  return { state: "good", length };
}
