// The open files. Arrow keys move between the tabs, Delete closes one.
import { IconAlertTriangle, IconFile, IconX } from "@tabler/icons-react";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { nameOf, parentOf } from "../explorer/ignored";
import type { DocumentView } from "./document";
import css from "./editor.module.css";

export function Tabs(props: {
  paths: readonly string[];
  current: string | null;
  views: ReadonlyMap<string, DocumentView>;
  onChoose: (path: string) => void;
  onClose: (path: string) => void;
}) {
  const { t } = useI18n();
  const { paths, current } = props;
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    strip.current
      ?.querySelector("[aria-selected=true]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = current === null ? -1 : paths.indexOf(current);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      const next = paths[(at + step + paths.length) % paths.length];
      if (next !== undefined) {
        event.preventDefault();
        props.onChoose(next);
        setTimeout(() => strip.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus(), 0);
      }
    } else if (event.key === "Delete" && current !== null) {
      event.preventDefault();
      props.onClose(current);
    }
  };
  // Files of the same name are told apart by their folder.
  const twice = new Set(paths.map(nameOf).filter((name, index, all) => all.indexOf(name) !== index));
  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- the tabs inside take the focus
    <div
      className={css["tabs"]}
      role="tablist"
      aria-label={t("ide.open_files")}
      ref={strip}
      onKeyDown={onKeyDown}
    >
      {paths.map((path) => {
        const view = props.views.get(path);
        const name = nameOf(path);
        const unsaveable = view?.dirty === true && view.problem !== null;
        const marks = [
          view?.conflict ? t("ide.mark_conflict") : null,
          view?.deleted ? t("ide.mark_deleted") : null,
          unsaveable ? t("ide.mark_unsaveable") : view?.dirty ? t("ide.mark_dirty") : null,
        ].filter(Boolean);
        return (
          <div key={path} className={css["tab"]} data-on={path === current || undefined} role="presentation">
            <button
              type="button"
              role="tab"
              id={`tab-${path}`}
              aria-selected={path === current}
              aria-controls="editor-panel"
              tabIndex={path === current ? 0 : -1}
              title={marks.length > 0 ? `${visibleName(path)} (${marks.join(", ")})` : visibleName(path)}
              data-deleted={view?.deleted || undefined}
              onClick={() => props.onChoose(path)}
              onAuxClick={(event) => {
                if (event.button === 1) props.onClose(path);
              }}
            >
              {view?.conflict || unsaveable ? (
                <IconAlertTriangle size={16} stroke={1.7} aria-hidden className={css["warn"]} />
              ) : (
                <IconFile size={16} stroke={1.6} aria-hidden />
              )}
              <span className="cut">{visibleName(name)}</span>
              {twice.has(name) ? <small className="cut">{parentOf(path)}</small> : null}
              {marks.length > 0 ? <span className="sr-only">, {marks.join(", ")}</span> : null}
            </button>
            <button
              type="button"
              tabIndex={-1}
              className={css["shut"]}
              data-dirty={view?.dirty || undefined}
              aria-label={t("ide.close_file", { name })}
              onClick={() => props.onClose(path)}
            >
              <IconX size={14} stroke={1.8} aria-hidden />
            </button>
          </div>
        );
      })}
    </div>
  );
}
