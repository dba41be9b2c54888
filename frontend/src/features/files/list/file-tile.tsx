// One item of the grid: its picture or its kind, and its name.
import { IconDots, IconPlayerPlayFilled } from "@tabler/icons-react";
import { memo, useState } from "react";
import type { Node } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { mediaKind, tileUrl } from "../viewer/media";
import { fileIcon } from "./file-icon";
import type { ItemFailure, RowEvents } from "./file-row";
import { FailureNote } from "./item-failure";
import { RenameField } from "./rename-field";
import { Star } from "./star";
import css from "./grid.module.css";

export const FileTile = memo(function FileTile(props: {
  node: Node;
  domId: string;
  column: number;
  selected: boolean;
  active: boolean;
  cut: boolean;
  renaming: boolean;
  typed: string | undefined;
  onMendName: (id: string, typed: string) => void;
  failure: ItemFailure | undefined;
  events: RowEvents;
}) {
  const { node, events, failure } = props;
  const { t, format } = useI18n();
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid keeps the focus and handles the keys
    <div
      id={props.domId}
      role="gridcell"
      className={css["tile"]}
      aria-colindex={props.column + 1}
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
      <TilePicture node={node} />
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
      {events.onStar ? <Star node={node} onStar={events.onStar} /> : null}
      <div className={css["name"]}>
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
      </div>
      {failure ? (
        <FailureNote
          id={node.id}
          failure={failure}
          onDismiss={events.onDismissFailure}
          onMendName={props.onMendName}
        />
      ) : (
        <small className={`${css["size"]} num`}>{format.bytes(node.size)}</small>
      )}
    </div>
  );
});

function TilePicture({ node }: { node: Node }) {
  // By version: another content gets another chance.
  const [broken, setBroken] = useState<string | null>(null);
  const version = node.version?.id ?? node.id;
  const url = broken === version ? null : tileUrl(node);
  const Glyph = fileIcon(node.kind, node.name);
  return (
    <span
      className={css["picture"]}
      data-kind={node.kind}
      data-media={mediaKind(node) ?? undefined}
      aria-hidden
    >
      {url ? (
        <img
          key={version}
          src={url}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setBroken(version)}
        />
      ) : (
        <Glyph size={44} stroke={1.1} />
      )}
      {mediaKind(node) === "film" || mediaKind(node) === "sound" ? (
        <span className={css["play"]}>
          <IconPlayerPlayFilled size={14} />
        </span>
      ) : null}
    </span>
  );
}
