// What was dropped or chosen, as a flat list with paths. Reads whole folders.

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

function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => {
    const entries: FileSystemEntry[] = [];
    const next = () =>
      // A reader gives at most 100 entries at a time; an empty answer is the end.
      reader.readEntries((batch) => {
        if (batch.length === 0) resolve(entries);
        else {
          entries.push(...batch);
          next();
        }
      }, reject);
    next();
  });
}

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

async function walk(entry: FileSystemEntry, folders: readonly string[], into: Collected): Promise<void> {
  if (entry.isFile) {
    into.files.push({ folders, file: await fileOf(entry as FileSystemFileEntry) });
    return;
  }
  if (!entry.isDirectory) return;
  const path = [...folders, entry.name];
  const entries = await readAll((entry as FileSystemDirectoryEntry).createReader());
  if (entries.length === 0) into.emptyFolders.push(path);
  for (const child of entries) await walk(child, path, into);
}

/** Must be called in the drop event itself: the browser forgets the items afterwards. */
export function collectDrop(transfer: DataTransfer): Promise<Collected> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return (async () => {
    const collected: Collected = { files: [], emptyFolders: [] };
    for (const { entry, file } of entries) {
      if (entry) await walk(entry, [], collected);
      else if (file) collected.files.push({ folders: [], file });
    }
    return collected;
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
