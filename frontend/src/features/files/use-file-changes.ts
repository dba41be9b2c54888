// The changes to a folder's items: shown at once, taken back at the item when the server refuses, undone for 10 s.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import { eachLimited } from "@/lib/each-limited";
import { useI18n } from "@/lib/i18n/i18n";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { visibleName } from "@/lib/visible-name";
import { deleteNode } from "./api/delete-node";
import { moveNode } from "./api/move-node";
import { renameNode } from "./api/rename-node";
import { restoreNode } from "./api/restore-node";
import { editChildren, insertNodes, removeNodes, replaceNode } from "./list/children-cache";
import { foldersChanged } from "./tree/use-folder-branches";
import type { ItemFailure } from "./list/file-row";

export interface FileChanges {
  failures: ReadonlyMap<string, ItemFailure>;
  dismiss: (id: string) => void;
  rename: (node: Node, name: string) => void;
  remove: (nodes: readonly Node[]) => void;
  move: (nodes: readonly Node[], target: { id: string; name: string }) => void;
}

const parallel = 6;

export function useFileChanges(folderId: string): FileChanges {
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  const { t } = useI18n();
  const [failures, setFailures] = useState<ReadonlyMap<string, ItemFailure>>(new Map());

  const edit = useCallback(
    (id: string, change: Parameters<typeof editChildren>[2]) => editChildren(queries, id, change),
    [queries],
  );
  const dismiss = useCallback((id: string) => {
    setFailures((now) => new Map([...now].filter(([key]) => key !== id)));
  }, []);
  const fail = useCallback(
    (id: string, error: unknown, way: { retry: () => void } | { typed: string }) =>
      setFailures((now) => new Map(now).set(id, { text: describe(error), ...way })),
    [describe],
  );
  /** Puts items back into the list that they left. */
  const putBack = useCallback(
    (nodes: readonly Node[]) => edit(folderId, (data, view) => insertNodes(data, nodes, view)),
    [edit, folderId],
  );
  const stop = useCallback(
    () => queries.cancelQueries({ queryKey: keys.children(folderId) }),
    [queries, folderId],
  );
  const sizesChanged = useCallback(() => {
    void queries.invalidateQueries({ queryKey: keys.spaces });
    void queries.invalidateQueries({ queryKey: keys.node(folderId) });
  }, [queries, folderId]);

  return useMemo(() => {
    const rename = async (node: Node, name: string, undoable = true) => {
      dismiss(node.id);
      await stop();
      edit(folderId, (data) => replaceNode(data, { ...node, name }));
      try {
        const renamed = await renameNode(api, node.id, name);
        edit(folderId, (data, view) => insertNodes(data, [renamed], view));
        foldersChanged(queries, [folderId]);
        queries.removeQueries({ queryKey: keys.node(node.id) });
        if (undoable) {
          showNotice({
            text: t("files.renamed", { before: visibleName(node.name), name: visibleName(renamed.name) }),
            action: {
              label: t("common.undo"),
              undoes: true,
              run: () => void rename(renamed, node.name, false),
            },
          });
        }
      } catch (error) {
        edit(folderId, (data) => replaceNode(data, node));
        // The server would refuse the same name again; without an answer it may well take it.
        const refused = asProblem(error).status >= 400 && asProblem(error).status < 500;
        fail(node.id, error, refused ? { typed: name } : { retry: () => void rename(node, name) });
      }
    };

    const undoRemove = async (nodes: readonly Node[]) => {
      const restored: Node[] = [];
      await eachLimited(nodes, parallel, async (node) => {
        try {
          restored.push(await restoreNode(api, node.id));
        } catch (error) {
          showNotice({
            text: t("files.restore_failed", { name: node.name, reason: describe(error) }),
            tone: "danger",
            ms: null,
          });
        }
      });
      for (const node of restored) {
        if (node.parent_id) edit(node.parent_id, (data, view) => insertNodes(data, [node], view));
      }
      foldersChanged(
        queries,
        restored.map((node) => node.parent_id),
      );
      sizesChanged();
    };

    const remove = async (nodes: readonly Node[]) => {
      for (const node of nodes) dismiss(node.id);
      await stop();
      edit(folderId, (data) => removeNodes(data, new Set(nodes.map((node) => node.id))));
      const gone: Node[] = [];
      await eachLimited(nodes, parallel, async (node) => {
        try {
          await deleteNode(api, node.id);
          gone.push(node);
        } catch (error) {
          putBack([node]);
          fail(node.id, error, { retry: () => void remove([node]) });
        }
      });
      foldersChanged(queries, [folderId]);
      sizesChanged();
      if (gone.length === 0) return;
      showNotice({
        text:
          gone.length === 1
            ? t("files.deleted_one", { name: gone[0]?.name ?? "" })
            : t("files.deleted_many", { count: gone.length }),
        action: { label: t("common.undo"), undoes: true, run: () => void undoRemove(gone) },
      });
    };

    const move = async (nodes: readonly Node[], target: { id: string; name: string }, undoable = true) => {
      for (const node of nodes) dismiss(node.id);
      const fromHere = nodes.filter((node) => node.parent_id === folderId);
      await stop();
      edit(folderId, (data) => removeNodes(data, new Set(fromHere.map((node) => node.id))));
      const moved: { node: Node; from: string | null }[] = [];
      await eachLimited(nodes, parallel, async (node) => {
        try {
          moved.push({ node: await moveNode(api, node.id, target.id), from: node.parent_id });
        } catch (error) {
          if (node.parent_id === folderId) {
            putBack([node]);
            fail(node.id, error, { retry: () => void move([node], target) });
          } else {
            showNotice({
              text: t("files.move_failed", { name: node.name, reason: describe(error) }),
              tone: "danger",
              ms: null,
            });
          }
        }
      });
      edit(target.id, (data, view) =>
        insertNodes(
          data,
          moved.map((each) => each.node),
          view,
        ),
      );
      for (const { node, from } of moved) {
        if (from) edit(from, (data) => removeNodes(data, new Set([node.id])));
        queries.removeQueries({ queryKey: keys.node(node.id) });
      }
      foldersChanged(queries, [target.id, ...moved.map((each) => each.from)]);
      sizesChanged();
      if (moved.length === 0 || !undoable) return;
      showNotice({
        text:
          moved.length === 1
            ? t("files.moved_one", { name: moved[0]?.node.name ?? "", folder: target.name })
            : t("files.moved_many", { count: moved.length, folder: target.name }),
        action: {
          label: t("common.undo"),
          undoes: true,
          run: () => {
            const sources = new Set(moved.map((each) => each.from));
            for (const from of sources) {
              if (!from) continue;
              const back = moved.filter((each) => each.from === from).map((each) => each.node);
              void move(back, { id: from, name: "" }, false);
            }
          },
        },
      });
    };

    return {
      failures,
      dismiss,
      rename: (node, name) => void rename(node, name),
      remove: (nodes) => void remove(nodes),
      move: (nodes, target) => void move(nodes, target),
    };
  }, [api, queries, folderId, failures, dismiss, edit, fail, putBack, stop, sizesChanged, describe, t]);
}
