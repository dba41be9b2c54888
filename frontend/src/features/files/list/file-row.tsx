import { IconDots } from "@tabler/icons-react";
import { memo, type DragEvent, type MouseEvent } from "react";
import type { Node } from "@/api/model";
import { When } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { fileIcon } from "./file-icon";
import { FailureNote } from "./item-failure";
import { RenameField } from "./rename-field";
import { Star } from "./star";
import css from "./list.module.css";

export type ItemFailure = { text: string } & (
  | { retry: () => void }
  /** A name that was refused: it is mended, not sent again. */
  | { typed: string }
);

/** What a row says besides name and size, with the words above it. */
export interface RowColumns {
  when: { label: string; of: (node: Node) => string };
  note: { label: string; of: (node: Node) => string };
}

export interface RowEvents {
  onClick: (id: string, event: MouseEvent) => void;
  onOpen: (id: string) => void;
  onToggle: (id: string) => void;
  onMenu: (id: string, event: MouseEvent) => void;
  onRenamed: (id: string, name: string | null) => void;
  onDismissFailure: (id: string) => void;
  /** Without it nothing is marked here. */
  onStar?: (id: string) => void;
  onDrag?: (id: string, event: DragEvent) => void;
}

interface RowProps {
  node: Node;
  columns: RowColumns | undefined;
  index: number;
  top: number;
  domId: string;
  selected: boolean;
  active: boolean;
  cut: boolean;
  renaming: boolean;
  /** The refused name that the field opens with. */
  typed: string | undefined;
  measure: (element: HTMLElement | null) => void;
  onMendName: (id: string, typed: string) => void;
  failure: ItemFailure | undefined;
  events: RowEvents;
}

export const FileRow = memo(function FileRow(props: RowProps) {
  const { node, columns, events, failure } = props;
  const { t, format } = useI18n();
  const Glyph = fileIcon(node.kind, node.name);
  const when = columns?.when.of(node) ?? node.changed_at;
  const note = columns?.note.of(node) ?? node.changed_by?.display_name ?? "";
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid keeps the focus and handles the keys
    <div
      ref={props.measure}
      id={props.domId}
      role="row"
      data-index={props.index}
      className={css["row"]}
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={props.index + 2}
      aria-selected={props.selected}
      data-active={props.active || undefined}
      data-cut={props.cut || undefined}
      data-node={node.id}
      data-kind={node.kind}
      draggable={events.onDrag !== undefined && !props.renaming}
      onDragStart={(event) => events.onDrag?.(node.id, event)}
      onClick={(event) => events.onClick(node.id, event)}
      onDoubleClick={() => events.onOpen(node.id)}
      onContextMenu={(event) => events.onMenu(node.id, event)}
    >
      <span className={css["mark"]} role="gridcell">
        <span className={css["glyph"]} data-kind={node.kind} aria-hidden>
          <Glyph size={18} stroke={1.6} />
        </span>
        <input
          type="checkbox"
          tabIndex={-1}
          className={css["check"]}
          checked={props.selected}
          aria-label={t("files.select_item", { name: node.name })}
          onClick={(event) => event.stopPropagation()}
          onDoubleClick={(event) => event.stopPropagation()}
          onChange={() => events.onToggle(node.id)}
        />
      </span>
      <span className={css["name"]} role="gridcell" data-renaming={props.renaming || undefined}>
        {props.renaming ? (
          <RenameField
            name={node.name}
            typed={props.typed}
            file={node.kind === "file"}
            onDone={(name) => events.onRenamed(node.id, name)}
          />
        ) : (
          <span className={css["title"]} title={visibleName(node.name)}>
            {visibleName(node.name)}
          </span>
        )}
        <small className={`${css["second"]} cut`}>
          <When time={when} /> · {format.bytes(node.size)}
          {columns && note !== "" ? ` · ${note}` : null}
        </small>
        {events.onStar && !props.renaming ? <Star node={node} onStar={events.onStar} /> : null}
      </span>
      <span className={css["changed"]} role="gridcell">
        <When time={when} />
      </span>
      <span className={`${css["by"]} cut`} role="gridcell" {...(columns ? { title: note } : {})}>
        {columns ? visibleName(note) : note}
      </span>
      <span className={`${css["size"]} num`} role="gridcell">
        {format.bytes(node.size)}
      </span>
      <span role="gridcell">
        <button
          type="button"
          tabIndex={-1}
          className={css["dots"]}
          aria-label={t("files.actions_for", { name: node.name })}
          onClick={(event) => {
            event.stopPropagation();
            events.onMenu(node.id, event);
          }}
        >
          <IconDots size={18} stroke={1.7} aria-hidden />
        </button>
      </span>
      {failure ? (
        <span className={css["failed"]} role="gridcell">
          <FailureNote
            id={node.id}
            failure={failure}
            onDismiss={events.onDismissFailure}
            onMendName={props.onMendName}
          />
        </span>
      ) : null}
    </div>
  );
});
