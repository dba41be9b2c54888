// One editor on one document. The document's text and history live in the store and outlast this view.
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { DocumentStore } from "./document-store";
import css from "./editor.module.css";

export interface CursorPosition {
  line: number;
  column: number;
}

const scrolls = new WeakMap<DocumentStore, Map<string, ReturnType<EditorView["scrollSnapshot"]>>>();

export function CodeEditor(props: {
  documents: DocumentStore;
  path: string;
  label: string;
  onCursor: (position: CursorPosition) => void;
  onSave: () => void;
}) {
  const { documents, path, label, onCursor, onSave } = props;
  const host = useRef<HTMLDivElement>(null);
  const callbacks = useRef({ onCursor, onSave });
  useEffect(() => {
    callbacks.current = { onCursor, onSave };
  }, [onCursor, onSave]);

  useEffect(() => {
    const parent = host.current;
    const state = documents.stateOf(path);
    if (!parent || !state) return;
    const report = (view: EditorView) => {
      const head = view.state.selection.main.head;
      const line = view.state.doc.lineAt(head);
      callbacks.current.onCursor({ line: line.number, column: head - line.from + 1 });
    };
    const kept = scrolls.get(documents) ?? new Map<string, ReturnType<EditorView["scrollSnapshot"]>>();
    scrolls.set(documents, kept);
    const snapshot = kept.get(path);
    const view = new EditorView({
      state,
      parent,
      ...(snapshot ? { scrollTo: snapshot } : {}),
      dispatchTransactions: (transactions, target) => {
        target.update(transactions);
        documents.updated(target, transactions);
        if (transactions.some((each) => each.selection ?? each.docChanged)) report(target);
      },
    });
    view.contentDOM.setAttribute("aria-label", label);
    documents.attach(path, view);
    report(view);
    view.focus();
    return () => {
      kept.set(path, view.scrollSnapshot());
      documents.detach(path, view);
      view.destroy();
    };
  }, [documents, path, label]);

  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- catches a shortcut on its way up from the editor
    <div
      ref={host}
      className={css["code"]}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
          event.preventDefault();
          callbacks.current.onSave();
        }
      }}
    />
  );
}
