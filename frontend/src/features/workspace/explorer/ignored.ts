// Folders that stay in the sandbox and never become files of the cloud folder. The agent has the same list
// (crates/wire/src/agent.rs); a test compares the two.

export const ignoredFolders: ReadonlySet<string> = new Set([
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

/** Does this path stay in the sandbox? `folder`: the path itself is one; a file of such a name is a file like others. */
export function isIgnored(path: string, folder: boolean): boolean {
  const names = path.split("/");
  return names.some((name, index) => (folder || index + 1 < names.length) && ignoredFolders.has(name));
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const joinPath = (folder: string, name: string): string =>
  folder === "" ? name : `${folder}/${name}`;
