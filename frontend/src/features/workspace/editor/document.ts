// One open file: its text, what of it is saved, and what the page shows of it. Knows nothing of where files come from.
import { Compartment, EditorState, type Text } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Problem } from "@/api/problem";
import type { FileContent } from "../api/read-file";

/** Where the text of documents comes from and goes to. */
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

export interface Doc {
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

export function newDoc(path: string): Doc {
  const state = EditorState.create({});
  return {
    path,
    status: "loading",
    state,
    saved: state.doc,
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
}

export function isDirty(doc: Doc): boolean {
  return doc.status === "ready" && (!doc.state.doc.eq(doc.saved) || doc.theirs !== null);
}

export function viewOf(doc: Doc): DocumentView {
  return {
    path: doc.path,
    status: doc.status,
    dirty: isDirty(doc),
    saving: doc.saving !== null,
    deleted: doc.status === "ready" && doc.sha256 === null,
    conflict: doc.theirs !== null,
    problem: doc.problem,
    language: doc.languageName,
  };
}

export function sameViews(a: readonly DocumentView[], b: readonly DocumentView[]): boolean {
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
