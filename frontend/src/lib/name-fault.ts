// What is wrong with a name before anyone is asked. The server has the last word; the rules are the same.
import type { MessageKey } from "./i18n/i18n";

const mostBytes = 255;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** The message that says what is wrong with the name of a file or folder; `null` when nothing is known against it. */
export function nameFault(name: string): MessageKey | null {
  if (name.trim() === "") return "names.empty";
  if (name === "." || name === "..") return "names.dots";
  if (name.includes("/")) return "names.slash";
  return bytesOf(name) > mostBytes ? "names.long" : null;
}

/** The same for a path below the workspace's folder: each part is a name. */
export function pathFault(path: string): MessageKey | null {
  if (path.trim() === "") return "names.empty";
  for (const part of path.split("/")) {
    if (part.trim() === "") return "names.empty_part";
    const fault = nameFault(part);
    if (fault !== null) return fault === "names.dots" ? "names.dots_part" : fault;
  }
  return null;
}
