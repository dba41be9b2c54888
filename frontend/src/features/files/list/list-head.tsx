// The columns above a list; those that it can be sorted by are buttons.
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useI18n } from "@/lib/i18n/i18n";
import type { RowColumns } from "./file-row";
import type { ListOrder, SortBy } from "./view";
import css from "./list.module.css";

export interface Sorting {
  order: ListOrder;
  onSort: (by: SortBy) => void;
}

export function ListHead(props: { columns: RowColumns | undefined; sorting: Sorting | undefined }) {
  const { t } = useI18n();
  const { columns, sorting } = props;
  const column = (by: SortBy, label: string, className?: string) => {
    if (!sorting) return <span className={className}>{label}</span>;
    const { order } = sorting;
    const on = order.by === by;
    const Arrow = order.descending ? IconArrowDown : IconArrowUp;
    const state = !on ? "" : order.descending ? t("files.sorted_down") : t("files.sorted_up");
    return (
      <span className={className}>
        <button
          type="button"
          className={css["sort"]}
          data-on={on || undefined}
          aria-label={[t("files.sort_by", { column: label }), state].filter(Boolean).join(", ")}
          onClick={() => sorting.onSort(by)}
        >
          {label}
          {on ? <Arrow size={13} stroke={2} aria-hidden /> : null}
        </button>
      </span>
    );
  };
  return (
    <div className={css["head"]} aria-hidden={sorting ? undefined : true}>
      <span />
      {column("name", t("files.column_name"))}
      {column("changed", columns?.when.label ?? t("files.column_changed"), css["changed"])}
      <span className={css["by"]}>{columns?.note.label ?? t("files.column_by")}</span>
      {column("size", t("files.column_size"), css["size"])}
      <span />
    </div>
  );
}
