// What was dropped or chosen, as flat lists with paths. Whole folders are read step by step: the first files are on their way
// while the last ones are still being found.

export interface CollectedFile {
  /** Folder names from the drop downwards; empty for a file dropped by itself. */
  folders: readonly string[];
  file: File;
}

export interface Collected {
  files: CollectedFile[];
  /** Folders that hold nothing: they are made as well. */
  emptyFolders: (readonly string[])[];
}

/** Handed on at once; the page draws itself in between. */
const step = 500;

const nothing = (): Collected => ({ files: [], emptyFolders: [] });

/** At most 100 entries; none at the end. */
const readSome = (reader: FileSystemDirectoryReader) =>
  new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** Walks without recursion: a tree may be deep, and a folder may hold more than fits into an array twice. */
export async function* walk(entries: readonly FileSystemEntry[]): AsyncGenerator<Collected> {
  const waiting = entries.map((entry) => ({ entry, folders: [] as readonly string[] })).reverse();
  let found = nothing();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { entry, folders } = next;
    if (entry.isFile) {
      found.files.push({ folders, file: await fileOf(entry as FileSystemFileEntry) });
    } else if (entry.isDirectory) {
      const path = [...folders, entry.name];
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      let any = false;
      for (let some = await readSome(reader); some.length > 0; some = await readSome(reader)) {
        any = true;
        for (const child of some) {
          // Files are taken at once, so that only folders wait.
          if (child.isFile) {
            found.files.push({ folders: path, file: await fileOf(child as FileSystemFileEntry) });
            if (found.files.length >= step) {
              yield found;
              found = nothing();
            }
          } else waiting.push({ entry: child, folders: path });
        }
      }
      if (!any) found.emptyFolders.push(path);
    }
    if (found.files.length + found.emptyFolders.length >= step) {
      yield found;
      found = nothing();
    }
  }
  if (found.files.length + found.emptyFolders.length > 0) yield found;
}

/** Must be called in the drop event itself: the browser forgets the items afterwards. */
export function collectDrop(transfer: DataTransfer): AsyncGenerator<Collected> {
  const items = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const entries = items.flatMap(({ entry }) => entry ?? []);
  const files = items.flatMap(({ entry, file }) => (entry || !file ? [] : [{ folders: [], file }]));
  return (async function* () {
    if (files.length > 0) yield { files, emptyFolders: [] };
    yield* walk(entries);
  })();
}

export function collectInput(files: FileList): Collected {
  return {
    files: [...files].map((file) => ({
      folders: file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(0, -1) : [],
      file,
    })),
    emptyFolders: [],
  };
}
