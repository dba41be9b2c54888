// One field over everything that can be done on this page: type, choose with the arrows, Enter.
import { Modal } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { Kbd } from "@/components/small";
import { isEnabled, type Action } from "@/lib/actions/action";
import { useAllActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { rank } from "./rank";
import css from "./palette.module.css";

/** What can be done on this page, then where one could go, then what is the same everywhere. */
function grouped(actions: readonly Action[], lastGroups: readonly string[]): Action[] {
  const rankOf = (group: string) => lastGroups.indexOf(group);
  // What was registered last belongs to what is in front.
  const groups = [...new Set(actions.map((action) => action.group).reverse())];
  return groups
    .sort((a, b) => rankOf(a) - rankOf(b))
    .flatMap((group) => actions.filter((action) => action.group === group));
}

function search(actions: readonly Action[], query: string): Action[] {
  return actions
    .map((action) => ({
      action,
      score: Math.max(
        rank(query, action.label),
        rank(query, `${action.group} ${action.label}`) * 0.8,
        action.keywords ? rank(query, action.keywords) * 0.7 : 0,
      ),
    }))
    .filter((hit) => hit.score > 0)
    .sort((a, b) => b.score - a.score)
    .map((hit) => hit.action);
}

const lastGroups = [
  "shell.group_go",
  "shell.group_spaces",
  "shell.group_general",
  "shell.group_look",
] as const;

export function Palette(props: { onClose: () => void }) {
  const { t } = useI18n();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const all = useAllActions();
  const hits = useMemo(() => {
    const listed = all.filter((action) => !action.local);
    return query.trim() === ""
      ? grouped(
          listed,
          lastGroups.map((key) => t(key)),
        )
      : search([...listed].reverse(), query);
  }, [all, query, t]);
  const current = Math.min(at, Math.max(0, hits.length - 1));

  useEffect(() => {
    list.current?.querySelector(`[data-index="${current}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current, hits]);

  const choose = (action: Action | undefined) => {
    if (!action || !isEnabled(action)) return;
    props.onClose();
    // After the dialog has given the focus back, so that an action may take it.
    setTimeout(() => action.run(), 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const last = hits.length - 1;
      setAt(
        Math.abs(step) === 1
          ? (current + step + hits.length) % Math.max(1, hits.length)
          : Math.max(0, Math.min(last, current + step)),
      );
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(hits[current]);
    }
  };

  return (
    <Modal
      opened
      onClose={props.onClose}
      withCloseButton={false}
      padding={0}
      size={600}
      yOffset="12vh"
      centered={false}
      overlayProps={{ color: "var(--scrim)", backgroundOpacity: 1 }}
      classNames={{ content: css["content"] ?? "" }}
      aria-label={t("shell.palette")}
    >
      <div className={css["field"]}>
        <IconSearch size={18} stroke={1.7} aria-hidden />
        <input
          data-autofocus
          className={css["input"]}
          role="combobox"
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={hits[current] ? `${id}-${current}` : undefined}
          aria-label={t("shell.palette")}
          placeholder={t("shell.palette_hint")}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <Kbd shortcut="Escape" />
      </div>
      <ul className={css["list"]} id={`${id}-list`} role="listbox" aria-label={t("shell.palette")} ref={list}>
        {hits.map((action, index) => {
          const Glyph = action.icon;
          const heading =
            query.trim() === "" && action.group !== hits[index - 1]?.group ? action.group : null;
          return (
            <li key={action.id} role="presentation">
              {heading ? <div className={css["group"]}>{heading}</div> : null}
              {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events -- keys are handled by the field, which keeps the focus */}
              <div
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === current}
                aria-disabled={!isEnabled(action)}
                data-index={index}
                className={css["row"]}
                onMouseMove={() => setAt(index)}
                onClick={() => choose(action)}
              >
                {Glyph ? <Glyph size={17} stroke={1.7} aria-hidden /> : <span className={css["gap"]} />}
                <span className={css["label"]}>
                  {action.label}
                  {action.disabledReason ? <small>{action.disabledReason}</small> : null}
                </span>
                {query.trim() === "" ? null : <span className={css["where"]}>{action.group}</span>}
                {action.shortcut ? <Kbd shortcut={action.shortcut} /> : null}
              </div>
            </li>
          );
        })}
      </ul>
      {hits.length === 0 ? <p className={css["none"]}>{t("shell.palette_none", { query })}</p> : null}
    </Modal>
  );
}
