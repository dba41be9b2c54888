// Where to: the folders of all spaces that one may write to, as a tree.
import { useQueries } from "@tanstack/react-query";
import { IconFolder, IconUsers } from "@tabler/icons-react";
import { useCallback, useMemo, useState, type RefObject } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { useSpaces } from "@/api/queries";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useOpenBranches } from "@/components/open-branches";
import { ErrorState } from "@/components/states";
import { Tree, type Branch, type TreeItem } from "@/components/tree";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { listChildren } from "../api/list-children";
import css from "./move.module.css";

const limit = 1000;

export function MoveDialog(props: {
  nodes: readonly Node[];
  /** The folders from the space down to the one that is shown: they stand open. */
  path: readonly { id: string; name: string }[];
  /** What has the focus afterwards. */
  returnTo: RefObject<HTMLElement | null>;
  onClose: () => void;
  onMove: (target: { id: string; name: string }) => void;
}) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const spaces = useSpaces();
  const here = props.nodes[0]?.parent_id ?? null;
  const { open, toggle } = useOpenBranches(() => props.path.map((folder) => folder.id));
  const [target, setTarget] = useState<string | null>(here);
  const moving = useMemo(() => new Set(props.nodes.map((node) => node.id)), [props.nodes]);

  const ids = useMemo(() => [...open], [open]);
  const branches = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["folders", id],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        listChildren(api, id, { limit, foldersOnly: true, signal }),
      staleTime: 10_000,
    })),
    combine: useCallback(
      (results: { data?: { items: Node[]; next: string | null } | undefined; error: Error | null }[]) =>
        new Map(ids.map((id, index) => [id, results[index]])),
      [ids],
    ),
  });

  const names = useMemo(() => {
    const map = new Map<string, string>(props.path.map((folder) => [folder.id, folder.name]));
    for (const space of spaces.data ?? []) {
      map.set(space.root_id, space.kind === "personal" ? t("shell.personal_space") : space.name);
    }
    for (const result of branches.values())
      for (const node of result?.data?.items ?? []) map.set(node.id, node.name);
    return map;
  }, [props.path, spaces.data, branches, t]);

  const roots = useMemo<TreeItem[]>(
    () =>
      (spaces.data ?? [])
        .filter((space) => space.abilities.write)
        .map((space) => ({
          id: space.root_id,
          label: space.kind === "personal" ? t("shell.personal_space") : space.name,
          branch: true,
          icon: space.kind === "personal" ? IconFolder : IconUsers,
          tone: "accent",
        })),
    [spaces.data, t],
  );
  const branch = useCallback(
    (id: string): Branch => {
      const result = branches.get(id);
      if (result?.error) return { message: describe(result.error) };
      if (!result?.data) return undefined;
      const folders = result.data.items.filter((node) => !moving.has(node.id));
      if (folders.length === 0) return { message: t("files.no_folders") };
      return {
        items: folders.map((node) => ({
          id: node.id,
          label: node.name,
          branch: true,
          icon: IconFolder,
          tone: "accent",
        })),
      };
    },
    [branches, describe, moving, t],
  );
  const choose = (id: string | null) => {
    if (id === null || id === here) return;
    props.onMove({ id, name: names.get(id) ?? "" });
    props.onClose();
  };

  const title =
    props.nodes.length === 1
      ? t("files.move_title_one", { name: props.nodes[0]?.name ?? "" })
      : t("files.move_title_many", { count: props.nodes.length });
  return (
    <Dialog
      title={title}
      onClose={props.onClose}
      returnTo={props.returnTo}
      size={520}
      acts={
        <>
          <span className={css["why"]}>{target === here ? t("files.move_same") : null}</span>
          <Button kind="quiet" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button kind="primary" disabled={target === null || target === here} onClick={() => choose(target)}>
            {target !== null && target !== here
              ? t("files.move_here", { folder: names.get(target) ?? "" })
              : t("files.move")}
          </Button>
        </>
      }
    >
      <div className={css["tree"]}>
        {spaces.isError ? <ErrorState error={spaces.error} onRetry={() => void spaces.refetch()} /> : null}
        <Tree
          label={t("files.folders")}
          roots={roots}
          branch={branch}
          open={open}
          onToggle={toggle}
          selected={target}
          onSelect={setTarget}
          onActivate={choose}
          focusRef={(element) => element?.setAttribute("data-autofocus", "")}
        />
      </div>
    </Dialog>
  );
}
