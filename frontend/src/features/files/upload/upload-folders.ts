// The folders that files are uploaded to: made on the way, each asked for once, and made again when somebody put one into
// the trash meanwhile.
import { Problem } from "@/api/problem";

interface Known {
  made: Promise<string>;
  /** As soon as it is known. */
  id: string | null;
}

export class UploadFolders {
  private readonly known = new Map<string, Known>();

  /** `make` answers with the id of the folder of this name, also when it was there before. */
  constructor(private readonly make: (parentId: string, name: string) => Promise<string>) {}

  /** The id of a folder below the target. */
  async of(targetId: string, names: readonly string[]): Promise<string> {
    const name = names.at(-1);
    if (name === undefined) return targetId;
    const key = keyOf(targetId, names);
    const known = this.known.get(key);
    if (known) return known.made;
    const made = this.within(targetId, names.slice(0, -1), (parentId) => this.make(parentId, name));
    const entry: Known = { made, id: null };
    this.known.set(key, entry);
    try {
      entry.id = await made;
    } catch (error) {
      if (this.known.get(key) === entry) this.known.delete(key);
      throw error;
    }
    return entry.id;
  }

  /** Does something in a folder. Where the folder is gone it is made again, and the same is tried once more. */
  async within<T>(
    targetId: string,
    names: readonly string[],
    work: (folderId: string) => Promise<T>,
  ): Promise<T> {
    const id = await this.of(targetId, names);
    try {
      return await work(id);
    } catch (error) {
      // The folder that was chosen for the upload is not ours to make.
      if (names.length === 0 || !(error instanceof Problem && error.notFound)) throw error;
      const key = keyOf(targetId, names);
      // Another file of the same folder may have made it again already.
      if (this.known.get(key)?.id === id) this.known.delete(key);
      return work(await this.of(targetId, names));
    }
  }

  forgetAll(): void {
    this.known.clear();
  }
}

const keyOf = (targetId: string, names: readonly string[]) => [targetId, ...names].join("/");
