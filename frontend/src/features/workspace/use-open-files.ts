// Which files are open and which is in front: the address says it, the documents follow. A tab goes only when its text is
// safe, or let go on purpose.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import type { DocumentView } from "./editor/document";
import type { DocumentStore } from "./editor/document-store";
import { nameOf } from "./explorer/ignored";
import type { ChangeSearch, WorkspaceSearch } from "./workspace-search";

/** The tabs and the one in front, as the address has them. */
function openIn(search: WorkspaceSearch): { paths: readonly string[]; current: string | null } {
  const tabs = search.tabs ?? [];
  const file = search.file ?? null;
  const paths = file !== null && !tabs.includes(file) ? [...tabs, file] : tabs;
  return { paths, current: file ?? paths[0] ?? null };
}

export function useOpenFiles(
  search: WorkspaceSearch,
  setSearch: ChangeSearch,
  documents: DocumentStore,
  views: ReadonlyMap<string, DocumentView>,
  ready: boolean,
) {
  const { t } = useI18n();
  const describe = useProblemText();
  const { tabs, file } = search;
  const { paths, current } = useMemo(() => openIn({ tabs, file }), [tabs, file]);
  const inFront = useRef(current);
  useEffect(() => {
    inFront.current = current;
  }, [current]);

  useEffect(() => {
    if (!ready) return;
    for (const path of paths) documents.open(path);
  }, [ready, paths, documents]);

  const choose = useCallback(
    (path: string) =>
      setSearch({ file: path, tabs: paths.includes(path) ? [...paths] : [...paths, path], view: "editor" }),
    [setSearch, paths],
  );
  const drop = useCallback(
    (gone: (path: string) => boolean) =>
      // Tabs may go later than they were closed, several at once: what counts is what is open then.
      setSearch((now) => {
        const { paths, current } = openIn(now);
        const left = paths.filter((path) => !gone(path));
        const at = current === null ? -1 : paths.indexOf(current);
        const next =
          current !== null && gone(current) ? (left[Math.min(at, left.length - 1)] ?? "") : (current ?? "");
        return { tabs: left, file: next };
      }),
    [setSearch],
  );
  const close = useCallback(
    async (path: string) => {
      const name = nameOf(path);
      if (views.get(path)?.conflict) {
        showNotice({ text: t("ide.decide_first", { name }) });
        setSearch({ file: path });
        return;
      }
      if (await documents.close(path)) {
        drop((each) => each === path);
        return;
      }
      // The file in front shows by itself why it is still there.
      if (inFront.current === path) return;
      const view = documents.read().find((each) => each.path === path);
      if (view?.conflict) showNotice({ text: t("ide.decide_first", { name }) });
      else if (view?.problem) {
        const reason = describe(view.problem);
        showNotice({ text: t("ide.stays_open", { name, reason }), tone: "danger" });
      }
    },
    [views, documents, drop, setSearch, describe, t],
  );
  /** Closes a file without what could not be saved of it. */
  const discard = useCallback(
    (path: string) => {
      documents.forget(path);
      drop((each) => each === path);
    },
    [documents, drop],
  );
  const renamed = useCallback(
    (from: string, to: string) => {
      documents.renamed(from, to);
      const rename = (path: string) =>
        path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
      setSearch({ tabs: paths.map(rename), file: current === null ? "" : rename(current) });
    },
    [documents, paths, current, setSearch],
  );
  const deleted = useCallback(
    (path: string) => {
      const gone = (each: string) => each === path || each.startsWith(`${path}/`);
      for (const each of paths) if (gone(each)) documents.forget(each);
      drop(gone);
    },
    [paths, documents, drop],
  );
  return {
    paths,
    current,
    choose,
    close: useCallback((path: string) => void close(path), [close]),
    discard,
    renamed,
    deleted,
  };
}
