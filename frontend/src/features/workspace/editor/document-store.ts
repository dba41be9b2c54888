// The open files: their text, what of it is saved, and what happened to them elsewhere. Saves by itself a second after
// the last key, only over the version that it knows; when the file changed meanwhile, nothing is overwritten.
import {
  Annotation,
  Compartment,
  EditorState,
  type Extension,
  type Text,
  type Transaction,
  type TransactionSpec,
} from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { Problem, asProblem } from "@/api/problem";
import type { FileContent } from "../api/files";
import { decodeFile, difference } from "./text-file";
import { languageOf } from "./languages";

export interface DocumentFiles {
  read(path: string): Promise<FileContent | null>;
  write(path: string, text: string, expected: string | null): Promise<string>;
}

export type DocumentStatus = "loading" | "ready" | "binary" | "failed";

/** What the page shows of a document. */
export interface DocumentView {
  path: string;
  status: DocumentStatus;
  dirty: boolean;
  saving: boolean;
  /** It is no longer in the workspace. */
  deleted: boolean;
  conflict: boolean;
  problem: Problem | null;
  language: string | null;
}

/** The other side of a conflict; `null` text when the file was deleted. */
export interface Theirs {
  text: string | null;
  sha256: string | null;
}

interface Doc {
  path: string;
  status: DocumentStatus;
  state: EditorState;
  saved: Text;
  /** Hash of what lies in the workspace as far as is known; `null` when there is no file. */
  sha256: string | null;
  saving: Promise<void> | null;
  timer: ReturnType<typeof setTimeout> | undefined;
  theirs: Theirs | null;
  problem: Problem | null;
  view: EditorView | null;
  language: Compartment;
  languageName: string | null;
  access: Compartment;
}

const autosaveMs = 1000;
/** Marks text that came from the workspace: it is not an edit of this person. */
const fromOutside = Annotation.define<boolean>();

const readOnlyProblem = () =>
  new Problem({ code: "read_only", message: "The workspace cannot be changed with this role.", status: 403 });

export class DocumentStore {
  private readonly docs = new Map<string, Doc>();
  private readonly listeners = new Set<() => void>();
  private views: readonly DocumentView[] = [];
  private readOnly = false;

  constructor(
    private readonly files: DocumentFiles,
    private readonly extensions: Extension,
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.views;

  /** Loads a file unless it is open already. */
  open(path: string): void {
    if (this.docs.has(path)) return;
    const doc: Doc = {
      path,
      status: "loading",
      state: EditorState.create({}),
      saved: EditorState.create({}).doc,
      sha256: null,
      saving: null,
      timer: undefined,
      theirs: null,
      problem: null,
      view: null,
      language: new Compartment(),
      languageName: null,
      access: new Compartment(),
    };
    this.docs.set(path, doc);
    this.changed();
    void this.load(doc);
  }

  reload(path: string): void {
    const doc = this.docs.get(path);
    if (!doc) return;
    doc.status = "loading";
    doc.problem = null;
    this.changed();
    void this.load(doc);
  }

  private async load(doc: Doc): Promise<void> {
    try {
      const content = await this.files.read(doc.path);
      if (!content) {
        throw new Problem({ code: "not_found", message: "There is no such file.", status: 404 });
      }
      const decoded = decodeFile(content.bytes);
      doc.sha256 = content.sha256;
      if (decoded.kind === "binary") doc.status = "binary";
      else {
        doc.state = EditorState.create({
          doc: decoded.text,
          extensions: [
            EditorState.lineSeparator.of(decoded.lineBreak),
            doc.language.of([]),
            doc.access.of(EditorState.readOnly.of(this.readOnly)),
            this.extensions,
          ],
        });
        doc.saved = doc.state.doc;
        doc.status = "ready";
        void this.loadLanguage(doc);
      }
    } catch (error) {
      doc.status = "failed";
      doc.problem = asProblem(error);
    }
    this.changed();
  }

  private async loadLanguage(doc: Doc): Promise<void> {
    const language = languageOf(doc.path.slice(doc.path.lastIndexOf("/") + 1));
    doc.languageName = language?.name ?? null;
    if (!language) return;
    const support = await language.load();
    this.dispatch(doc, { effects: doc.language.reconfigure(support) });
    this.changed();
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
    do await this.save(path);
    while (open() && this.isDirty(doc) && !doc.theirs && !doc.problem && !this.readOnly);
    if (!open()) return doc.path === path;
    if (this.isDirty(doc)) {
      if (this.readOnly && !doc.theirs) doc.problem = readOnlyProblem();
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
    if (this.readOnly === readOnly) return;
    this.readOnly = readOnly;
    for (const doc of this.docs.values()) {
      this.dispatch(doc, { effects: doc.access.reconfigure(EditorState.readOnly.of(readOnly)) });
    }
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
    void this.flush(path);
  }

  /** Called by the editor for each of its steps. */
  updated(view: EditorView, transactions: readonly Transaction[]): void {
    const doc = [...this.docs.values()].find((each) => each.view === view);
    if (!doc) return;
    doc.state = view.state;
    const edited = transactions.some((each) => each.docChanged && !each.annotation(fromOutside));
    if (!edited) return;
    this.schedule(doc);
    this.changed();
  }

  private schedule(doc: Doc): void {
    clearTimeout(doc.timer);
    if (doc.theirs || this.readOnly) return;
    doc.timer = setTimeout(() => void this.save(doc.path), autosaveMs);
  }

  /** Saves now what is not saved; waits for a save that is under way. */
  async flush(path: string): Promise<void> {
    const doc = this.docs.get(path);
    if (doc && doc.status === "ready" && this.isDirty(doc) && !doc.theirs) await this.save(path);
    else await doc?.saving;
  }

  async flushAll(): Promise<void> {
    await Promise.all([...this.docs.keys()].map((path) => this.flush(path)));
  }

  get anyDirty(): boolean {
    return [...this.docs.values()].some((doc) => this.isDirty(doc));
  }

  async save(path: string): Promise<void> {
    const doc = this.docs.get(path);
    if (!doc) return;
    await this.inTurn(doc, () => this.isDirty(doc) && !doc.theirs && !this.readOnly);
  }

  /**
   * One save at a time: the next one must name the version that this one makes. Several that wait are let on one by one,
   * and whether there still is something to write is asked only then.
   */
  private async inTurn(doc: Doc, needed: () => boolean): Promise<void> {
    while (doc.saving) await doc.saving;
    if (!needed()) return;
    clearTimeout(doc.timer);
    doc.saving = this.write(doc).finally(() => {
      doc.saving = null;
      if (this.isDirty(doc) && !doc.problem) this.schedule(doc);
      this.changed();
    });
    this.changed();
    await doc.saving;
  }

  private async write(doc: Doc): Promise<void> {
    const written = doc.state.doc;
    try {
      doc.sha256 = await this.files.write(doc.path, doc.state.sliceDoc(), doc.sha256);
      doc.saved = written;
      doc.problem = null;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 412) await this.meet(doc);
      else doc.problem = problem;
    }
  }

  /** Reads the other side of a conflict. When it turns out to be the same text there is none. */
  private async meet(doc: Doc): Promise<void> {
    try {
      const content = await this.files.read(doc.path);
      const decoded = content ? decodeFile(content.bytes) : null;
      if (content && decoded?.kind === "text" && decoded.text === doc.state.sliceDoc()) {
        doc.sha256 = content.sha256;
        doc.saved = doc.state.doc;
        doc.problem = null;
        return;
      }
      doc.theirs = { text: decoded?.kind === "text" ? decoded.text : null, sha256: content?.sha256 ?? null };
    } catch (error) {
      doc.problem = asProblem(error);
    }
  }

  /** Ends a conflict: `text` is what the person chose to keep. */
  async resolve(path: string, text: string): Promise<void> {
    const doc = this.docs.get(path);
    if (!doc?.theirs) return;
    const { sha256 } = doc.theirs;
    doc.theirs = null;
    doc.sha256 = sha256;
    this.replaceText(doc, text);
    // Also when it is the text that was saved last: in the workspace lies the other one.
    await this.inTurn(doc, () => !doc.theirs);
  }

  /** Ends a conflict in favour of what lies in the workspace. */
  takeTheirs(path: string): void {
    const doc = this.docs.get(path);
    if (!doc?.theirs) return;
    const { text, sha256 } = doc.theirs;
    doc.theirs = null;
    doc.sha256 = sha256;
    if (text !== null) this.replaceText(doc, text);
    doc.saved = doc.state.doc;
    this.changed();
  }

  /** The workspace says that these paths changed. Our own saves come back here as well and change nothing. */
  async outsideChange(paths: readonly string[], everything: boolean): Promise<void> {
    const touched = [...this.docs.values()].filter(
      (doc) => everything || paths.some((path) => doc.path === path || doc.path.startsWith(`${path}/`)),
    );
    await Promise.all(touched.map((doc) => this.compare(doc)));
    if (touched.length > 0) this.changed();
  }

  private async compare(doc: Doc): Promise<void> {
    if (doc.status === "loading" || doc.theirs) return;
    while (doc.saving) await doc.saving;
    const known = doc.sha256;
    let content: FileContent | null;
    try {
      content = await this.files.read(doc.path);
    } catch {
      // The link is down or the file cannot be read now: the next save will tell.
      return;
    }
    // A save went through while this was read: what came is older than what is known.
    if (doc.sha256 !== known) return this.compare(doc);
    if (doc.saving || (content?.sha256 ?? null) === doc.sha256) return;
    const decoded = content ? decodeFile(content.bytes) : null;
    if (doc.status !== "ready") {
      if (content) await this.load(doc);
      return;
    }
    if (!this.isDirty(doc)) {
      doc.sha256 = content?.sha256 ?? null;
      if (decoded?.kind === "text") this.replaceText(doc, decoded.text);
      else if (decoded) doc.status = "binary";
      doc.saved = doc.state.doc;
      return;
    }
    clearTimeout(doc.timer);
    doc.theirs = { text: decoded?.kind === "text" ? decoded.text : null, sha256: content?.sha256 ?? null };
  }

  private replaceText(doc: Doc, text: string): void {
    // Offsets of the text fit the document only where a line break is one character: elsewhere all is replaced.
    const oneChar = doc.state.facet(EditorState.lineSeparator) !== "\r\n";
    const change = oneChar
      ? difference(doc.state.sliceDoc(), text)
      : { from: 0, to: doc.state.doc.length, insert: text };
    if (!change) return;
    this.dispatch(doc, {
      changes: { from: change.from, to: change.to, insert: doc.state.toText(change.insert) },
      annotations: fromOutside.of(true),
    });
  }

  private dispatch(doc: Doc, spec: TransactionSpec): void {
    if (doc.view) doc.view.dispatch(spec);
    else doc.state = doc.state.update(spec).state;
    if (doc.view) doc.state = doc.view.state;
  }

  private isDirty(doc: Doc): boolean {
    return doc.status === "ready" && (!doc.state.doc.eq(doc.saved) || doc.theirs !== null);
  }

  private changed(): void {
    const next = [...this.docs.values()].map((doc) => ({
      path: doc.path,
      status: doc.status,
      dirty: this.isDirty(doc),
      saving: doc.saving !== null,
      deleted: doc.status === "ready" && doc.sha256 === null,
      conflict: doc.theirs !== null,
      problem: doc.problem,
      language: doc.languageName,
    }));
    if (sameViews(this.views, next)) return;
    this.views = next;
    for (const listener of this.listeners) listener();
  }
}

function sameViews(a: readonly DocumentView[], b: readonly DocumentView[]): boolean {
  return (
    a.length === b.length &&
    a.every((view, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        (Object.keys(view) as (keyof DocumentView)[]).every((key) => view[key] === other[key])
      );
    })
  );
}
