// What can be done with deleted items: back to their place, back to another one, or gone for good.
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
import { purgeNode } from "../api/purge-node";
import { restoreNode } from "../api/restore-node";
import { editChildren, insertNodes } from "../list/children-cache";
import type { ItemFailure } from "../list/file-row";
import { nextName } from "../upload/free-name";
import { withoutNodes, type TrashPages } from "./trash-cache";

const parallel = 6;

export interface RestoreTo {
  folderId?: string;
  name?: string;
}

export interface TrashChanges {
  failures: ReadonlyMap<string, ItemFailure>;
  dismiss: (id: string) => void;
  restore: (nodes: readonly Node[], to?: RestoreTo) => void;
  purge: (nodes: readonly Node[]) => void;
}

export function useTrashChanges(
  spaceId: string,
  on: {
    /** The places of these are gone: another one has to be chosen. */
    placeGone: (nodes: readonly Node[]) => void;
    /** Where the restored item is now. */
    show: (node: Node) => void;
  },
): TrashChanges {
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  const { t } = useI18n();
  const { placeGone, show } = on;
  const [failures, setFailures] = useState<ReadonlyMap<string, ItemFailure>>(new Map());
  const dismiss = useCallback(
    (id: string) => setFailures((now) => new Map([...now].filter(([key]) => key !== id))),
    [],
  );

  return useMemo(() => {
    const fail = (id: string, failure: ItemFailure) => setFailures((now) => new Map(now).set(id, failure));
    const leave = (ids: readonly string[]) =>
      queries.setQueryData<TrashPages>(keys.trash(spaceId), (data) => withoutNodes(data, new Set(ids)));

    const restore = async (nodes: readonly Node[], to: RestoreTo = {}) => {
      for (const node of nodes) dismiss(node.id);
      const restored: Node[] = [];
      const homeless: Node[] = [];
      await eachLimited(nodes, parallel, async (node) => {
        try {
          restored.push(await restoreNode(api, node.id, to));
        } catch (error) {
          const { code } = asProblem(error);
          if (code === "folder_gone" && !to.folderId) homeless.push(node);
          else if (code === "name_taken")
            fail(node.id, { text: describe(error), typed: nextName(to.name ?? node.name) });
          else fail(node.id, { text: describe(error), retry: () => void restore([node], to) });
        }
      });
      leave(restored.map((node) => node.id));
      for (const node of restored) {
        if (node.parent_id)
          editChildren(queries, node.parent_id, (data, view) => insertNodes(data, [node], view));
      }
      if (homeless.length > 0) placeGone(homeless);
      if (restored.length === 0) return;
      void queries.invalidateQueries({ queryKey: keys.spaces });
      const one = restored[0];
      if (one === undefined) return;
      showNotice({
        text:
          restored.length === 1
            ? t("trash.restored_one", { name: visibleName(one.name) })
            : t("trash.restored_many", { count: restored.length }),
        action: { label: t("trash.show"), run: () => show(one) },
      });
    };

    const purge = async (nodes: readonly Node[]) => {
      for (const node of nodes) dismiss(node.id);
      const gone: string[] = [];
      await eachLimited(nodes, parallel, async (node) => {
        try {
          await purgeNode(api, spaceId, node.id);
          gone.push(node.id);
        } catch (error) {
          // Somebody else was faster: it is gone, as it was to be.
          if (asProblem(error).notFound) gone.push(node.id);
          else fail(node.id, { text: describe(error), retry: () => void purge([node]) });
        }
      });
      leave(gone);
      void queries.invalidateQueries({ queryKey: keys.spaces });
    };

    return {
      failures,
      dismiss,
      restore: (nodes, to) => void restore(nodes, to),
      purge: (nodes) => void purge(nodes),
    };
  }, [api, queries, spaceId, failures, dismiss, describe, t, placeGone, show]);
}
