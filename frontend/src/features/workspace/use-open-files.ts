// Which files are open and which is in front: the address says it, the documents follow.
import { useCallback, useEffect, useMemo } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { showNotice } from "@/lib/notices/notices";
import type { DocumentStore, DocumentView } from "./editor/document-store";
import { nameOf } from "./explorer/ignored";
import type { WorkspaceSearch } from "./workspace-search";

const none: readonly string[] = [];

export function useOpenFiles(
  search: WorkspaceSearch,
  setSearch: (change: Partial<WorkspaceSearch>) => void,
  documents: DocumentStore,
  views: ReadonlyMap<string, DocumentView>,
  ready: boolean,
) {
  const { t } = useI18n();
  const fromAddress = search.tabs ?? none;
  const file = search.file ?? null;
  const paths = useMemo(
    () => (file !== null && !fromAddress.includes(file) ? [...fromAddress, file] : fromAddress),
    [fromAddress, file],
  );
  const current = file ?? paths[0] ?? null;

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
    (gone: (path: string) => boolean) => {
      const left = paths.filter((path) => !gone(path));
      const at = current === null ? -1 : paths.indexOf(current);
      const next =
        current !== null && gone(current) ? (left[Math.min(at, left.length - 1)] ?? "") : (current ?? "");
      setSearch({ tabs: left, file: next });
    },
    [paths, current, setSearch],
  );
  const close = useCallback(
    (path: string) => {
      if (views.get(path)?.conflict) {
        showNotice({ text: t("ide.decide_first", { name: nameOf(path) }) });
        setSearch({ file: path });
        return;
      }
      documents.close(path);
      drop((each) => each === path);
    },
    [views, documents, drop, setSearch, t],
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
  return { paths, current, choose, close, renamed, deleted };
}
