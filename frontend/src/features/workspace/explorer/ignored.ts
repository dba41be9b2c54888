// Folders that stay in the sandbox and never become files of the cloud folder; the agent has the same list.

const ignored = new Set([
  "node_modules",
  "target",
  ".venv",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".tox",
  "lost+found",
]);

export function isIgnored(path: string): boolean {
  return path.split("/").some((name) => ignored.has(name));
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const joinPath = (folder: string, name: string): string =>
  folder === "" ? name : `${folder}/${name}`;
