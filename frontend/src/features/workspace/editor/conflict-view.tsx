// Both sides of a file that changed here and elsewhere. Nothing is overwritten until the person chooses.
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { basicSetup } from "codemirror";
import { Button } from "@/components/button";
import { styleNonce } from "@/lib/csp/nonce";
import { useI18n } from "@/lib/i18n/i18n";
import type { DocumentStore } from "./document-store";
import { editorPhrases } from "@/components/code/phrases";
import { editorTheme } from "@/components/code/theme";
import css from "./editor.module.css";

export function ConflictView(props: { documents: DocumentStore; path: string; name: string }) {
  const { t, language } = useI18n();
  const { documents, path } = props;
  const host = useRef<HTMLDivElement>(null);
  const merge = useRef<MergeView>(null);
  const theirs = documents.theirsOf(path);
  const text = theirs?.text ?? null;

  useEffect(() => {
    const parent = host.current;
    if (!parent || text === null) return;
    const shared = [
      basicSetup,
      editorTheme,
      EditorView.cspNonce.of(styleNonce() ?? ""),
      EditorView.lineWrapping,
      EditorState.phrases.of(editorPhrases(language)),
    ];
    const view = new MergeView({
      parent,
      a: {
        doc: text,
        extensions: [
          shared,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ "aria-label": t("ide.conflict_theirs") }),
        ],
      },
      b: {
        doc: documents.textOf(path),
        extensions: [shared, EditorView.contentAttributes.of({ "aria-label": t("ide.conflict_mine") })],
      },
      revertControls: "a-to-b",
      renderRevertControl: () => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = "›";
        button.title = t("ide.conflict_take_place");
        button.setAttribute("aria-label", button.title);
        return button;
      },
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    merge.current = view;
    view.b.focus();
    return () => {
      merge.current = null;
      view.destroy();
    };
  }, [documents, path, text, t, language]);

  const mine = () => merge.current?.b.state.sliceDoc() ?? documents.textOf(path);
  return (
    <div
      className={css["conflict"]}
      role="alertdialog"
      aria-labelledby="conflict-title"
      aria-describedby="conflict-text"
    >
      <header className={css["conflictHead"]}>
        <div>
          <h2 id="conflict-title">{t("ide.conflict_title", { name: props.name })}</h2>
          <p id="conflict-text">{text === null ? t("ide.conflict_deleted") : t("ide.conflict_text")}</p>
        </div>
        <span className={css["conflictActs"]}>
          <Button onClick={() => documents.takeTheirs(path)}>
            {text === null ? t("ide.conflict_let_go") : t("ide.conflict_take_theirs")}
          </Button>
          <Button kind="primary" onClick={() => void documents.resolve(path, mine())}>
            {t("ide.conflict_keep_mine")}
          </Button>
        </span>
      </header>
      {text === null ? null : (
        <>
          <div className={css["sides"]} aria-hidden>
            <span>{t("ide.conflict_theirs")}</span>
            <span>{t("ide.conflict_mine")}</span>
          </div>
          <div ref={host} className={css["merge"]} />
        </>
      )}
    </div>
  );
}
