// The middle of the workspace: tabs and the document in front, or what stands in its place.
import { Skeleton } from "@mantine/core";
import { IconAlertTriangle, IconBinary, IconFileText, IconTrash } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { EmptyState, ErrorState } from "@/components/states";
import { Kbd } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { isIgnored, nameOf } from "../explorer/ignored";
import { CodeEditor, type CursorPosition } from "./code-editor";
import { ConflictView } from "./conflict-view";
import type { DocumentView } from "./document";
import type { DocumentStore } from "./document-store";
import { Tabs } from "./tabs";
import css from "./editor.module.css";

export function EditorPane(props: {
  documents: DocumentStore;
  folderId: string | null;
  views: ReadonlyMap<string, DocumentView>;
  paths: readonly string[];
  current: string | null;
  onChoose: (path: string) => void;
  onClose: (path: string) => void;
  /** Closes a file without what could not be saved of it. */
  onDiscard: (path: string) => void;
  onCursor: (position: CursorPosition) => void;
}) {
  const { t } = useI18n();
  const { documents, views, paths, current } = props;
  const view = current === null ? undefined : views.get(current);
  return (
    <div className={css["pane"]}>
      {paths.length > 0 ? (
        <Tabs
          paths={paths}
          current={current}
          views={views}
          onChoose={props.onChoose}
          onClose={props.onClose}
        />
      ) : null}
      <div
        className={css["front"]}
        id="editor-panel"
        role="tabpanel"
        aria-label={current ?? t("ide.no_file")}
      >
        {view ? <SaveFailure documents={documents} view={view} onDiscard={props.onDiscard} /> : null}
        {view?.deleted && !view.conflict && !view.problem ? (
          <div className={css["strip"]} data-tone="attention" role="status">
            <IconTrash size={16} stroke={1.7} aria-hidden />
            <span>{t("ide.deleted_strip")}</span>
          </div>
        ) : null}
        {current === null || !view ? <Nothing /> : <Front {...props} view={view} />}
      </div>
    </div>
  );
}

function Front(props: {
  documents: DocumentStore;
  folderId: string | null;
  view: DocumentView;
  onClose: (path: string) => void;
  onCursor: (position: CursorPosition) => void;
}): ReactNode {
  const { t } = useI18n();
  const { documents, view } = props;
  const { path } = view;
  const close = (
    <Button kind="quiet" onClick={() => props.onClose(path)}>
      {t("ide.close_tab")}
    </Button>
  );
  if (view.status === "loading") {
    return (
      <div className={css["loading"]} aria-busy>
        {[40, 62, 28, 0, 55, 70, 34].map((width, index) => (
          <Skeleton key={index} height={11} width={`${width}%`} mb={10} />
        ))}
      </div>
    );
  }
  // What is ignored lies in the sandbox only.
  const local = isIgnored(path, false);
  const inFiles =
    props.folderId === null || local ? null : (
      <Link
        to="/files/$nodeId"
        params={{ nodeId: props.folderId }}
        // The folder shows the file, or the folder on the way to it.
        search={{ q: path.split("/")[0] }}
      >
        {t("ide.show_in_files")}
      </Link>
    );
  if (view.status === "binary") {
    return (
      <EmptyState icon={IconBinary} title={t("ide.binary_title")} text={t("ide.binary_text")}>
        {inFiles}
        {close}
      </EmptyState>
    );
  }
  if (view.status === "failed" && view.problem?.code === "file_too_large") {
    return (
      <EmptyState
        icon={IconFileText}
        title={t("ide.too_large_title")}
        text={local ? t("ide.too_large_here") : t("problems.file_too_large")}
      >
        {inFiles}
        {close}
      </EmptyState>
    );
  }
  if (view.status === "failed") {
    return (
      <ErrorState error={view.problem} onRetry={() => documents.reload(path)}>
        {close}
      </ErrorState>
    );
  }
  if (view.conflict) return <ConflictView key={path} documents={documents} path={path} name={nameOf(path)} />;
  return (
    <CodeEditor
      documents={documents}
      path={path}
      label={t("ide.editor_of", { path })}
      onCursor={props.onCursor}
      onSave={() => void documents.save(path)}
    />
  );
}

function SaveFailure(props: {
  documents: DocumentStore;
  view: DocumentView;
  onDiscard: (path: string) => void;
}) {
  const { documents, view } = props;
  const { t } = useI18n();
  const describe = useProblemText();
  if (view.status !== "ready" || !view.problem || view.conflict) return null;
  return (
    <div className={css["strip"]} role="alert">
      <IconAlertTriangle size={16} stroke={1.7} aria-hidden />
      <span>{t("ide.not_saved", { reason: describe(view.problem) })}</span>
      <Button size="small" loading={view.saving} onClick={() => void documents.save(view.path)}>
        {t("ide.save_again")}
      </Button>
      <Button size="small" kind="quiet" onClick={() => props.onDiscard(view.path)}>
        {t("ide.close_unsaved")}
      </Button>
    </div>
  );
}

function Nothing() {
  const { t } = useI18n();
  const keys = [
    ["ide.key_palette", "mod+K"],
    ["ide.key_explorer", "mod+B"],
    ["ide.key_terminal", "mod+J"],
    ["ide.key_save", "mod+S"],
  ] as const;
  return (
    <div className={css["nothing"]}>
      <IconFileText size={36} stroke={1.2} aria-hidden />
      <p>{t("ide.choose_file")}</p>
      <dl>
        {keys.map(([key, shortcut]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd>
              <Kbd shortcut={shortcut} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
