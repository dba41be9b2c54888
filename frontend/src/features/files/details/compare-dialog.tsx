// Two versions of a text side by side: the older one on the left.
import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useQuery } from "@tanstack/react-query";
import { basicSetup } from "codemirror";
import { useEffect, useRef } from "react";
import { useApi } from "@/api/context";
import type { Node, Version } from "@/api/model";
import { keys } from "@/api/queries";
import { Answer } from "@/components/answer";
import { editorPhrases } from "@/components/code/phrases";
import { editorTheme } from "@/components/code/theme";
import { Dialog } from "@/components/dialog";
import { When } from "@/components/small";
import { styleNonce } from "@/lib/csp/nonce";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { visibleName } from "@/lib/visible-name";
import { versionUrl } from "../api/download";
import { readText } from "../api/read-text";
import css from "./compare.module.css";

export function CompareDialog(props: { node: Node; old: Version; current: Version; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const { node, old, current } = props;
  const texts = useQuery({
    queryKey: [...keys.versions(node.id), "compare", old.id, current.id],
    queryFn: ({ signal }) =>
      Promise.all([
        readText(api, versionUrl(node.id, old.id), signal),
        readText(api, versionUrl(node.id, current.id), signal),
      ]),
    // What a version holds never changes.
    staleTime: Infinity,
  });
  return (
    <Dialog
      title={t("files.compare_title", { name: visibleName(node.name) })}
      onClose={props.onClose}
      size={1100}
    >
      <div className={css["sides"]}>
        {[old, current].map((version) => (
          <span key={version.id}>
            <b className="num">{t("files.version_n", { count: version.number })}</b>{" "}
            <When time={version.created_at} />
          </span>
        ))}
      </div>
      <div className={css["texts"]}>
        <Answer to={texts}>
          {([before, after]) =>
            before === null || after === null ? (
              <p className={css["note"]}>{t("files.compare_binary")}</p>
            ) : before === after ? (
              <p className={css["note"]}>{t("files.compare_same")}</p>
            ) : (
              <Merge before={before} after={after} old={old} current={current} />
            )
          }
        </Answer>
      </div>
    </Dialog>
  );
}

function Merge(props: { before: string; after: string; old: Version; current: Version }) {
  const { t, language } = useI18n();
  const phone = usePhone();
  const host = useRef<HTMLDivElement>(null);
  const { before, after, old, current } = props;
  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const shared = [
      basicSetup,
      editorTheme,
      EditorView.cspNonce.of(styleNonce() ?? ""),
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      EditorState.phrases.of(editorPhrases(language)),
    ];
    const side = (doc: string, version: Version) => ({
      doc,
      extensions: [
        shared,
        EditorView.contentAttributes.of({ "aria-label": t("files.version_n", { count: version.number }) }),
      ],
    });
    if (phone) {
      // No room for two columns: what left and what came stand among each other.
      const { doc, extensions } = side(after, current);
      const unified = unifiedMergeView({
        original: before,
        mergeControls: false,
        collapseUnchanged: { margin: 3, minSize: 6 },
      });
      const view = new EditorView({ parent, doc, extensions: [extensions, unified] });
      return () => view.destroy();
    }
    const view = new MergeView({
      parent,
      a: side(before, old),
      b: side(after, current),
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true,
    });
    return () => view.destroy();
  }, [before, after, old, current, phone, t, language]);
  return <div ref={host} className={css["merge"]} />;
}
