// Where to: the folders of all spaces that one may write to, as a tree.
import { IconFolder, IconUsers } from "@tabler/icons-react";
import { useCallback, useMemo, useState, type RefObject } from "react";
import { useSpaces } from "@/api/queries";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { useOpenBranches } from "@/components/open-branches";
import { ErrorState } from "@/components/states";
import { Tree, type Branch, type TreeItem } from "@/components/tree";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { useFolderBranches } from "../tree/use-folder-branches";
import css from "./move.module.css";

export interface Target {
  id: string;
  name: string;
}

export function ChooseFolderDialog(props: {
  title: string;
  /** What the button does, with and without a folder. */
  verb: (folder: string) => string;
  plainVerb: string;
  /** The folder that cannot be chosen, and why. */
  here: { id: string; why: string } | null;
  /** Folders that are not offered. */
  without: ReadonlySet<string>;
  /** The folders from the space down to where one is: they stand open. */
  path: readonly Target[];
  /** What has the focus afterwards. */
  returnTo?: RefObject<HTMLElement | null>;
  onClose: () => void;
  onChoose: (target: Target) => void;
}) {
  const { t } = useI18n();
  const describe = useProblemText();
  const spaces = useSpaces();
  const here = props.here?.id ?? null;
  const { without } = props;
  const { open, toggle } = useOpenBranches(() => props.path.map((folder) => folder.id));
  const [target, setTarget] = useState<string | null>(here);

  const branches = useFolderBranches(open);

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
      const folders = result.data.items.filter((node) => !without.has(node.id));
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
    [branches, describe, without, t],
  );
  const choose = (id: string | null) => {
    if (id === null || id === here) return;
    props.onChoose({ id, name: names.get(id) ?? "" });
    props.onClose();
  };
  const possible = target !== null && target !== here;
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      {...(props.returnTo ? { returnTo: props.returnTo } : {})}
      size={520}
      acts={
        <>
          <span className={css["why"]}>{target === here ? props.here?.why : null}</span>
          <Button kind="quiet" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button kind="primary" disabled={!possible} onClick={() => choose(target)}>
            {possible ? props.verb(names.get(target) ?? "") : props.plainVerb}
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
