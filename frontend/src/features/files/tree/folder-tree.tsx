// The folders of a space beside the list: to go to, and to drop on.
import { IconFolder, IconUsers, IconX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent } from "react";
import { useApi } from "@/api/context";
import { nodeQuery, useAllSpaces } from "@/api/queries";
import { IconButton } from "@/components/button";
import { useOpenBranches } from "@/components/open-branches";
import { Tree, type Branch, type TreeItem } from "@/components/tree";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { useFolderPath } from "../use-folder-path";
import { useFolderBranches } from "./use-folder-branches";
import css from "./folder-tree.module.css";

/** A closed folder opens when something is held over it for so long, in ms. */
const springMs = 700;

export function FolderTree(props: { folderId: string; onClose: () => void }) {
  const { t } = useI18n();
  const { folderId } = props;
  const api = useApi();
  const navigate = useNavigate();
  const describe = useProblemText();
  const { data: folder } = useQuery(nodeQuery(api, folderId));
  const spaces = useAllSpaces();
  const path = useFolderPath(folder);
  const { open, toggle, reveal } = useOpenBranches(() => []);
  const [cursor, setCursor] = useState(folderId);
  // Wherever one goes, the tree shows where that is.
  useEffect(() => setCursor(folderId), [folderId]);
  useEffect(() => reveal(path.slice(0, -1).map((each) => each.id)), [path, reveal]);
  const branches = useFolderBranches(open);
  const space = spaces.data?.find((each) => each.id === folder?.space_id);
  const root = path[0];
  const roots = useMemo<TreeItem[]>(
    () =>
      root
        ? [
            {
              id: root.id,
              label: root.name,
              branch: true,
              icon: space?.kind === "team" ? IconUsers : IconFolder,
              tone: "accent",
              takes: space?.abilities.write ?? false,
            },
          ]
        : [],
    [root, space],
  );
  const branch = useCallback(
    (id: string): Branch => {
      const result = branches.get(id);
      if (result?.error) return { message: describe(result.error) };
      if (!result?.data) return undefined;
      if (result.data.items.length === 0) return { message: t("files.no_folders") };
      return {
        items: result.data.items.map((node) => ({
          id: node.id,
          label: node.name,
          branch: true,
          icon: IconFolder,
          tone: "accent",
          takes: node.abilities.write,
        })),
      };
    },
    [branches, describe, t],
  );
  const spring = useSpring((id) => toggle(id, true));
  return (
    <aside className={css["pane"]} aria-label={t("files.tree")} {...spring}>
      <div className={css["head"]}>
        <h2>{t("files.folders")}</h2>
        <IconButton small icon={IconX} label={t("files.hide_tree")} onClick={props.onClose} />
      </div>
      <Tree
        label={t("files.tree")}
        roots={roots}
        branch={branch}
        open={open}
        onToggle={toggle}
        selected={cursor}
        onSelect={setCursor}
        onActivate={(id) => void navigate({ to: "/files/$nodeId", params: { nodeId: id }, search: {} })}
        goByClick
      />
    </aside>
  );
}

/** Opens what something is held over. */
function useSpring(onOpen: (id: string) => void) {
  const held = useRef<{ id: string; timer: ReturnType<typeof setTimeout> } | null>(null);
  const letGo = useCallback(() => {
    if (held.current) clearTimeout(held.current.timer);
    held.current = null;
  }, []);
  useEffect(() => letGo, [letGo]);
  return {
    onDragOver: (event: DragEvent) => {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-id]") : null;
      const id = row?.getAttribute("aria-expanded") === "false" ? row.dataset["id"] : undefined;
      if (held.current?.id === id) return;
      letGo();
      if (id !== undefined) held.current = { id, timer: setTimeout(() => onOpen(id), springMs) };
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as globalThis.Node | null)) letGo();
    },
    onDrop: letGo,
  };
}
