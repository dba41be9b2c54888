// How a folder is shown, as actions: its order, list or grid, the tree.
import {
  IconArrowDown,
  IconArrowUp,
  IconArrowsSort,
  IconLayoutGrid,
  IconLayoutList,
  IconLayoutSidebar,
} from "@tabler/icons-react";
import { useMemo } from "react";
import type { Action } from "@/lib/actions/action";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { orderAfter, sortKeys, type Look, type SortBy } from "./list/view";

const columns = {
  name: "files.column_name",
  size: "files.column_size",
  changed: "files.column_changed",
} as const satisfies Record<SortBy, string>;

export type LookActions = ReturnType<typeof useLookActions>;

export function useLookActions(look: Look, onLook: (change: Partial<Look>) => void) {
  const { t } = useI18n();
  const phone = usePhone();
  return useMemo(() => {
    const group = t("files.look");
    const sorts = sortKeys.map((by): Action => {
      const column = t("files.sort_by", { column: t(columns[by]) });
      const on = look.by === by;
      const state = on ? `, ${t(look.descending ? "files.sorted_down" : "files.sorted_up")}` : "";
      return {
        id: `files.sort-${by}`,
        label: column + state,
        group,
        icon: on ? (look.descending ? IconArrowDown : IconArrowUp) : IconArrowsSort,
        run: () => onLook(orderAfter(look, by)),
      };
    });
    const grid = {
      id: "files.grid",
      label: look.grid ? t("files.as_list") : t("files.as_grid"),
      group,
      icon: look.grid ? IconLayoutList : IconLayoutGrid,
      shortcut: "V",
      run: () => onLook({ grid: !look.grid }),
    } satisfies Action;
    const tree = {
      id: "files.tree",
      label: look.tree ? t("files.hide_tree") : t("files.show_tree"),
      group,
      icon: IconLayoutSidebar,
      shortcut: "T",
      run: () => onLook({ tree: !look.tree }),
    } satisfies Action;
    // There is no room for a tree beside a list on a phone.
    const rest = phone ? [grid] : [grid, tree];
    return { grid, all: [...sorts, ...rest], menu: [sorts, rest] };
  }, [t, look, onLook, phone]);
}
