// The entries, newest first. Only what is in view is in the page.
import { Skeleton } from "@mantine/core";
import { IconRobot, IconUserQuestion } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, type KeyboardEvent } from "react";
import type { LogEntry } from "@/api/model";
import { Avatar, Tag, type Tone } from "@/components/small";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { useNow } from "@/lib/time/now";
import { actText, actorText } from "./act-text";
import { TargetName } from "./target-name";
import css from "./log.module.css";

export const outcomeTones: Record<LogEntry["outcome"], Tone> = {
  ok: "plain",
  denied: "danger",
  error: "attention",
  unknown: "attention",
};

/** How far an entry is: waiting, sealed in the log, covered by a signature. Said in words beside the sign. */
export function sealOf(entry: LogEntry): "waiting" | "sealed" | "signed" {
  return entry.index === null ? "waiting" : entry.signed ? "signed" : "sealed";
}

export function LogTable(props: {
  items: readonly LogEntry[];
  more: boolean;
  onMore: () => void;
  /** How many entries a search for a text has read; `null` without one. */
  read: number | null;
  onReadFurther: (() => void) | null;
  chosen: string | null;
  onChoose: (id: string) => void;
}) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const { items, more, onMore, chosen, onChoose } = props;
  const phone = usePhone();
  const now = useNow();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone ? 56 : 32;
  const virtual = useVirtualizer({
    count: items.length + (more ? 2 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 14,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= items.length - 60) onMore();
  }, [more, last, items.length, onMore]);
  const at = items.findIndex((item) => item.id === chosen);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only when the choice changes
  }, [chosen]);

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / height) - 1);
    const step = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -items.length,
      End: items.length,
    }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = items[Math.max(0, Math.min(items.length - 1, at + step))];
      if (next) onChoose(next.id);
    } else if (event.key === "Escape") onChoose("");
  };
  const timeText = (entry: LogEntry) => {
    const day = new Date(entry.at).toDateString() === now.toDateString() ? "" : `${format.date(entry.at)}, `;
    return day + format.clock(entry.at);
  };
  return (
    <div className={css["table"]}>
      <div className={css["columns"]} aria-hidden>
        <span />
        <span>{t("log.time")} ↓</span>
        <span>{t("log.who")}</span>
        <span>{t("log.act")}</span>
        <span>{t("log.target")}</span>
        <span>{t("log.outcome")}</span>
        <span>{t("log.address")}</span>
      </div>
      <div
        ref={scroller}
        className={css["rows"]}
        role="grid"
        tabIndex={0}
        aria-label={t("shell.log")}
        aria-rowcount={more ? -1 : items.length}
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {rows.map((row) => {
            const entry = items[row.index];
            const style = { transform: `translateY(${row.start}px)` };
            if (!entry) {
              return (
                <div key={`more-${row.index}`} className={css["row"]} style={style} aria-hidden>
                  <span />
                  <Skeleton height={11} width={80} />
                </div>
              );
            }
            const who = actorText(i18n, entry.actor);
            const seal = sealOf(entry);
            return (
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the grid keeps the focus and handles the keys
              <div
                key={entry.id}
                id={`${id}-${row.index}`}
                role="row"
                aria-rowindex={row.index + 1}
                aria-selected={entry.id === chosen}
                className={css["row"]}
                style={style}
                onClick={() => onChoose(entry.id)}
              >
                <span role="gridcell" className={css["seal"]} data-seal={seal} title={t(`log.seal_${seal}`)}>
                  <i aria-hidden />
                  <span className="sr-only">{t(`log.seal_${seal}`)}</span>
                </span>
                <span role="gridcell" className={`${css["time"]} num`} title={format.exact(entry.at)}>
                  {timeText(entry)}
                </span>
                <span role="gridcell" className={css["who"]}>
                  {entry.actor.type === "user" ? (
                    <Avatar id={entry.actor.id ?? "?"} name={who} size={20} />
                  ) : entry.actor.type === "link" ? (
                    <IconUserQuestion size={18} stroke={1.6} aria-hidden />
                  ) : (
                    <IconRobot size={18} stroke={1.6} aria-hidden />
                  )}
                  <span className="cut" title={who}>
                    {who}
                  </span>
                </span>
                <span role="gridcell" className={`${css["what"]} cut`}>
                  {entry.details["emergency"] ? <Tag tone="danger">{t("log.in_emergency")}</Tag> : null}
                  {actText(i18n, entry.action, entry.outcome)}
                </span>
                <span role="gridcell" className={`${css["on"]} cut`}>
                  <TargetName target={entry.target} />
                </span>
                <span role="gridcell" className={css["out"]}>
                  <Tag tone={outcomeTones[entry.outcome]}>
                    {t(`log.outcome_${entry.outcome}` as MessageKey)}
                  </Tag>
                </span>
                <span role="gridcell" className={`${css["address"]} mono cut`}>
                  {entry.address ?? ""}
                </span>
              </div>
            );
          })}
        </div>
      </div>
      <footer className={css["legend"]}>
        {(["waiting", "sealed", "signed"] as const).map((seal) => (
          <span key={seal} className={css["seal"]} data-seal={seal}>
            <i aria-hidden />
            {t(`log.seal_${seal}`)}
          </span>
        ))}
        <span className="num">
          {props.read !== null
            ? t("log.found_in", { count: items.length, read: props.read })
            : more
              ? t("log.shown_more", { count: items.length })
              : t("log.shown", { count: items.length })}
          {props.onReadFurther ? (
            <button type="button" onClick={props.onReadFurther}>
              {t("log.read_further")}
            </button>
          ) : null}
        </span>
      </footer>
    </div>
  );
}

export function LogTableSkeleton() {
  const { t } = useI18n();
  return (
    <div className={css["table"]} role="status" aria-busy aria-label={t("files.loading")}>
      <div className={css["columns"]} />
      {[1, 2, 3, 4, 5, 6, 7, 8].map((n) => (
        <div key={n} className={css["still"]}>
          <Skeleton height={11} width={70} />
          <Skeleton height={11} width={110} />
          <Skeleton height={11} width="60%" />
        </div>
      ))}
    </div>
  );
}
