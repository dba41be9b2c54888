// Changes of a document's text and of its state, through the editor that shows it when there is one.
import { Annotation, EditorState, type Transaction, type TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Doc } from "./document";
import { difference } from "@/lib/text-file";

/** Marks text that came from the workspace: it is not an edit of this person. */
const fromOutside = Annotation.define<boolean>();

export function dispatch(doc: Doc, spec: TransactionSpec): void {
  if (doc.view) doc.view.dispatch(spec);
  else doc.state = doc.state.update(spec).state;
  if (doc.view) doc.state = doc.view.state;
}

export function replaceText(doc: Doc, text: string): void {
  // Offsets of the text fit the document only where a line break is one character: elsewhere all is replaced.
  const oneChar = doc.state.facet(EditorState.lineSeparator) !== "\r\n";
  const change = oneChar
    ? difference(doc.state.sliceDoc(), text)
    : { from: 0, to: doc.state.doc.length, insert: text };
  if (!change) return;
  dispatch(doc, {
    changes: { from: change.from, to: change.to, insert: doc.state.toText(change.insert) },
    annotations: fromOutside.of(true),
  });
}

export function setAccess(doc: Doc, readOnly: boolean): void {
  dispatch(doc, { effects: doc.access.reconfigure(EditorState.readOnly.of(readOnly)) });
}

/** Takes over what the editor did. Was it an edit of this person? */
export function follow(doc: Doc, view: EditorView, transactions: readonly Transaction[]): boolean {
  doc.state = view.state;
  return transactions.some((each) => each.docChanged && !each.annotation(fromOutside));
}
