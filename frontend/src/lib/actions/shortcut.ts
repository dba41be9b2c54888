// The text form of a shortcut and the key events that it stands for.

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export const onMac = /mac|iphone|ipad/i.test(typeof navigator === "undefined" ? "" : navigator.platform);

const printable = (key: string) => key.length === 1;
const letter = (key: string) => /^\p{L}$/u.test(key);

export function matchesShortcut(shortcut: string, press: KeyPress, mac: boolean = onMac): boolean {
  const parts = shortcut.split("+");
  const key = parts.pop() ?? "";
  const wants = new Set(parts);
  const mod = mac ? press.metaKey : press.ctrlKey;
  const otherMod = mac ? press.ctrlKey : press.metaKey;
  if (wants.has("mod") !== mod || (otherMod && !wants.has("ctrl")) || wants.has("alt") !== press.altKey)
    return false;
  // Signs such as `?` are typed with or without Shift, by the keyboard's layout: only letters and named keys ask for it.
  const shiftCounts = !printable(key) || letter(key);
  if (shiftCounts && wants.has("shift") !== press.shiftKey) return false;
  return press.key.toLowerCase() === key.toLowerCase();
}

const names: Record<string, { en: string; de: string }> = {
  mod: { en: onMac ? "⌘" : "Ctrl", de: onMac ? "⌘" : "Strg" },
  shift: { en: "Shift", de: "Umschalt" },
  alt: { en: onMac ? "⌥" : "Alt", de: onMac ? "⌥" : "Alt" },
  Delete: { en: "Del", de: "Entf" },
  Enter: { en: "Enter", de: "Eingabe" },
  Escape: { en: "Esc", de: "Esc" },
  Backspace: { en: "Backspace", de: "Rücktaste" },
  ArrowUp: { en: "↑", de: "↑" },
  ArrowDown: { en: "↓", de: "↓" },
};

/** As printed on the keys: `Ctrl K`. */
export function shortcutText(shortcut: string, language: "en" | "de"): string {
  return shortcut
    .split("+")
    .map((part) => names[part]?.[language] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(" ");
}

/** Whether typing goes into the element that has the focus. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
