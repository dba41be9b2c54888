// The open files: which there are, and what the page asks of them by path. Loading, saving and conflicts have files of
// their own; nothing is dropped here while it holds text that is not saved, except on purpose.
import type { EditorState, Extension, Transaction } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { Problem } from "@/api/problem";
import {
  isDirty,
  newDoc,
  sameViews,
  viewOf,
  type Doc,
  type DocumentFiles,
  type DocumentView,
  type Theirs,
} from "./document";
import { DocumentConflicts } from "./document-conflicts";
import { DocumentLoader } from "./document-loader";
import { DocumentSaver } from "./document-saver";
import { follow, setAccess } from "./document-text";

const readOnlyProblem = () =>
  new Problem({ code: "read_only", message: "The workspace cannot be changed with this role.", status: 403 });

export class DocumentStore {
  private readonly docs = new Map<string, Doc>();
  private readonly listeners = new Set<() => void>();
  private views: readonly DocumentView[] = [];
  private readonly page = { readOnly: false, changed: () => this.changed() };
  private readonly loader: DocumentLoader;
  private readonly conflicts: DocumentConflicts;
  private readonly saver: DocumentSaver;

  constructor(files: DocumentFiles, extensions: Extension) {
    this.loader = new DocumentLoader(files, extensions, this.page);
    this.conflicts = new DocumentConflicts(files, (doc) => this.loader.load(doc));
    this.saver = new DocumentSaver(files, (doc) => this.conflicts.meet(doc), this.page);
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.views;

  /** Loads a file unless it is open already. */
  open(path: string): void {
    if (this.docs.has(path)) return;
    const doc = newDoc(path);
    this.docs.set(path, doc);
    this.changed();
    void this.loader.load(doc);
  }

  reload(path: string): void {
    const doc = this.docs.get(path);
    if (!doc) return;
    doc.status = "loading";
    doc.problem = null;
    this.changed();
    void this.loader.load(doc);
  }

  /**
   * Saves what is not saved, then closes. `false`: that did not work, or the file got another name meanwhile, and it stays
   * open with its problem or its conflict.
   */
  async close(path: string): Promise<boolean> {
    const doc = this.docs.get(path);
    if (!doc) return true;
    const open = () => this.docs.get(path) === doc;
    // What is typed while it is being saved is saved as well.
    do await this.saver.save(doc);
    while (open() && isDirty(doc) && !doc.theirs && !doc.problem && !this.page.readOnly);
    if (!open()) return doc.path === path;
    if (isDirty(doc)) {
      if (this.page.readOnly && !doc.theirs) doc.problem = readOnlyProblem();
      this.changed();
      return false;
    }
    this.docs.delete(path);
    this.changed();
    return true;
  }

  /** Closes a file that was deleted, or let go unsaved, on purpose: what was not saved goes with it. */
  forget(path: string): void {
    clearTimeout(this.docs.get(path)?.timer);
    this.docs.delete(path);
    this.changed();
  }

  /** The file is known under another name now; its text and history stay. */
  renamed(from: string, to: string): void {
    for (const [path, doc] of [...this.docs]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.docs.delete(path);
      doc.path = to + path.slice(from.length);
      this.docs.set(doc.path, doc);
    }
    this.changed();
  }

  setReadOnly(readOnly: boolean): void {
    if (this.page.readOnly === readOnly) return;
    this.page.readOnly = readOnly;
    for (const doc of this.docs.values()) setAccess(doc, readOnly);
  }

  stateOf(path: string): EditorState | null {
    const doc = this.docs.get(path);
    return doc?.status === "ready" ? doc.state : null;
  }

  theirsOf(path: string): Theirs | null {
    return this.docs.get(path)?.theirs ?? null;
  }

  textOf(path: string): string {
    const state = this.docs.get(path)?.state;
    return state ? state.sliceDoc() : "";
  }

  attach(path: string, view: EditorView): void {
    const doc = this.docs.get(path);
    if (doc) doc.view = view;
  }
  detach(path: string, view: EditorView): void {
    for (const doc of this.docs.values()) if (doc.view === view) doc.view = null;
    void this.save(path);
  }

  /** Called by the editor for each of its steps. */
  updated(view: EditorView, transactions: readonly Transaction[]): void {
    const doc = [...this.docs.values()].find((each) => each.view === view);
    if (!doc || !follow(doc, view, transactions)) return;
    this.saver.schedule(doc);
    this.changed();
  }

  get anyDirty(): boolean {
    return [...this.docs.values()].some(isDirty);
  }

  /** Saves now what is not saved; waits for a save that is under way. */
  async save(path: string): Promise<void> {
    const doc = this.docs.get(path);
    if (doc) await this.saver.save(doc);
  }

  async saveAll(): Promise<void> {
    await Promise.all([...this.docs.values()].map((doc) => this.saver.save(doc)));
  }

  /** Ends a conflict: `text` is what the person chose to keep. */
  async resolve(path: string, text: string): Promise<void> {
    const doc = this.docs.get(path);
    if (!doc?.theirs) return;
    this.conflicts.choose(doc, doc.theirs, text);
    await this.saver.saveChoice(doc);
  }

  /** Ends a conflict in favour of what lies in the workspace. */
  takeTheirs(path: string): void {
    const doc = this.docs.get(path);
    if (!doc?.theirs) return;
    this.conflicts.takeTheirs(doc, doc.theirs);
    this.changed();
  }

  /** The workspace says that these paths changed. Our own saves come back here as well and change nothing. */
  async outsideChange(paths: readonly string[], everything: boolean): Promise<void> {
    const touched = [...this.docs.values()].filter(
      (doc) => everything || paths.some((path) => doc.path === path || doc.path.startsWith(`${path}/`)),
    );
    await Promise.all(touched.map((doc) => this.conflicts.compare(doc)));
    if (touched.length > 0) this.changed();
  }

  private changed(): void {
    const next = [...this.docs.values()].map(viewOf);
    if (sameViews(this.views, next)) return;
    this.views = next;
    for (const listener of this.listeners) listener();
  }
}
