// Copies of what was chosen, each under a name that is free.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import { eachLimited } from "@/lib/each-limited";
import { useI18n } from "@/lib/i18n/i18n";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { visibleName } from "@/lib/visible-name";
import { copyNode } from "./api/copy-node";
import { deleteNode } from "./api/delete-node";
import { editChildren, insertNodes, removeNodes } from "./list/children-cache";
import { nextName } from "./upload/free-name";

const parallel = 4;
/** So many names are tried before it is given up. */
const mostNames = 50;

/** Beside the original a copy has another name at once; elsewhere only when its own is taken. */
export async function copyFreely(api: ApiClient, node: Node, folderId: string): Promise<Node> {
  let name = node.parent_id === folderId ? nextName(node.name) : undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return await copyNode(api, node.id, folderId, name);
    } catch (error) {
      if (asProblem(error).code !== "name_taken" || tries >= mostNames) throw error;
      name = nextName(name ?? node.name);
    }
  }
}

export function useCopies(): (nodes: readonly Node[], target: { id: string; name: string }) => void {
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  const { t } = useI18n();
  return useCallback(
    (nodes, target) => {
      const changed = () => {
        void queries.invalidateQueries({ queryKey: keys.spaces });
        void queries.invalidateQueries({ queryKey: keys.node(target.id) });
      };
      const undo = async (copies: readonly Node[]) => {
        await eachLimited(copies, parallel, async (copy) => {
          try {
            await deleteNode(api, copy.id);
            editChildren(queries, target.id, (data) => removeNodes(data, new Set([copy.id])));
          } catch (error) {
            showNotice({ text: describe(error), tone: "danger", ms: null });
          }
        });
        changed();
      };
      const copy = async () => {
        const copies: Node[] = [];
        await eachLimited(nodes, parallel, async (node) => {
          try {
            const made = await copyFreely(api, node, target.id);
            copies.push(made);
            editChildren(queries, target.id, (data, view) => insertNodes(data, [made], view));
          } catch (error) {
            showNotice({
              text: t("files.copy_failed", { name: visibleName(node.name), reason: describe(error) }),
              tone: "danger",
              ms: null,
            });
          }
        });
        changed();
        const one = copies[0];
        if (one === undefined) return;
        showNotice({
          text:
            copies.length === 1
              ? t("files.copied_one", { name: visibleName(one.name), folder: visibleName(target.name) })
              : t("files.copied_many", { count: copies.length, folder: visibleName(target.name) }),
          action: { label: t("common.undo"), undoes: true, run: () => void undo(copies) },
        });
      };
      void copy();
    },
    [api, queries, describe, t],
  );
}
