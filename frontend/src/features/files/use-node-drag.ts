// Rows that are dragged: onto a folder in the list, a folder in the breadcrumbs or a space at the side. With Ctrl they are
// copied. Whatever can take them says so in the page: rows of folders by `data-node`, others by `data-folder`.
import { useEffect, useMemo, useRef, type DragEvent } from "react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";

const type = "application/x-carrel-nodes";
const takes = '[data-kind="folder"][data-node],[data-folder]';

export interface DropTarget {
  id: string;
  name: string;
}

function targetOf(element: HTMLElement): DropTarget {
  const { node, folder, folderName } = element.dataset;
  return {
    id: folder ?? node ?? "",
    name: folderName ?? element.querySelector("[title]")?.getAttribute("title") ?? "",
  };
}

/** Answers with what begins a drag of a row. */
export function useNodeDrag(input: {
  items: readonly Node[];
  at: (id: string) => number;
  selected: readonly Node[];
  onMove: (nodes: readonly Node[], target: DropTarget) => void;
  onCopy: (nodes: readonly Node[], target: DropTarget) => void;
}): (id: string, event: DragEvent) => void {
  const { t } = useI18n();
  const now = useRef(input);
  useEffect(() => {
    now.current = input;
  });
  const dragged = useRef<readonly Node[]>([]);
  const marked = useRef<HTMLElement | null>(null);

  useEffect(() => {
    const mark = (element: HTMLElement | null) => {
      if (marked.current === element) return;
      marked.current?.removeAttribute("data-drop");
      element?.setAttribute("data-drop", "");
      marked.current = element;
    };
    /** The folder under the pointer, when it can take what is dragged. */
    const under = (event: globalThis.DragEvent): HTMLElement | null => {
      if (dragged.current.length === 0 || !(event.target instanceof Element)) return null;
      const element = event.target.closest<HTMLElement>(takes);
      if (!element) return null;
      const { id } = targetOf(element);
      const fits = dragged.current.every(
        (node) => node.id !== id && (event.ctrlKey || node.parent_id !== id),
      );
      return fits ? element : null;
    };
    const over = (event: globalThis.DragEvent) => {
      const element = under(event);
      mark(element);
      if (!element) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = event.ctrlKey ? "copy" : "move";
    };
    const drop = (event: globalThis.DragEvent) => {
      const element = under(event);
      const nodes = dragged.current;
      end();
      if (!element) return;
      event.preventDefault();
      if (event.ctrlKey) now.current.onCopy(nodes, targetOf(element));
      else now.current.onMove(nodes, targetOf(element));
    };
    const end = () => {
      mark(null);
      dragged.current = [];
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    document.addEventListener("dragend", end);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
      document.removeEventListener("dragend", end);
      end();
    };
  }, []);

  return useMemo(
    () => (id, event) => {
      const { items, at, selected } = now.current;
      const node = items[at(id)];
      if (!node) return;
      const nodes = selected.some((each) => each.id === id) ? selected : [node];
      if (!nodes.every((each) => each.abilities.write)) {
        event.preventDefault();
        return;
      }
      dragged.current = nodes;
      event.dataTransfer.setData(type, nodes.map((each) => each.id).join(" "));
      event.dataTransfer.effectAllowed = "copyMove";
      if (nodes.length > 1) {
        const badge = document.createElement("div");
        badge.textContent = t("files.selected", { count: nodes.length });
        badge.className = "drag-badge";
        document.body.append(badge);
        event.dataTransfer.setDragImage(badge, 12, 12);
        // The picture is taken after this step.
        setTimeout(() => badge.remove());
      }
    },
    [t],
  );
}
