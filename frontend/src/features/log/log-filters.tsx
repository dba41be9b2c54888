// What to show of the log. Each filter says what it is set to and can be taken away.
import { Menu } from "@mantine/core";
import { IconCheck, IconChevronDown, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState, type ReactNode, type Ref } from "react";
import { useApi } from "@/api/context";
import type { LogEntry } from "@/api/model";
import { menuClasses } from "@/components/menu";
import { SearchField } from "@/components/search-field";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { actText } from "./act-text";
import { listActions } from "./api/list-actions";
import { spans, type LogSearch } from "./log-search";
import css from "./log.module.css";

const outcomes = ["ok", "denied", "error", "unknown"] as const;
export function LogFilters(props: {
  search: LogSearch;
  onChange: (change: Partial<LogSearch>) => void;
  /** Entries that are shown: their people can be chosen. */
  actors: readonly LogEntry[];
  fieldRef: Ref<HTMLInputElement>;
  end: ReactNode;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const api = useApi();
  const { search, onChange } = props;
  const findText = useCallback((text: string) => onChange({ text }), [onChange]);
  const actions = useQuery({
    queryKey: ["log", "actions"],
    queryFn: ({ signal }) => listActions(api, signal),
    staleTime: Infinity,
  });
  // People that were seen stay in the list when a filter hides them.
  const [people, setPeople] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    setPeople((now) => {
      const next = new Map(now);
      for (const { actor } of props.actors)
        if (actor.type === "user" && actor.id && actor.name) next.set(actor.id, actor.name);
      return next.size === now.size ? now : next;
    });
  }, [props.actors]);
  const sortedPeople = useMemo(() => [...people].sort((a, b) => a[1].localeCompare(b[1])), [people]);
  const sortedActions = useMemo(
    () =>
      (actions.data?.items ?? [])
        .map((code) => [code, actText(i18n, code)] as const)
        .sort((a, b) => a[1].localeCompare(b[1])),
    [actions.data, i18n],
  );
  return (
    <div className={css["filters"]} role="toolbar" aria-label={t("log.filters")}>
      <Choice
        name={t("log.time")}
        value={search.span || undefined}
        options={spans.map((each) => [each, t(`log.span_${each}` as MessageKey)] as const)}
        onChange={(span) => onChange({ span: (span ?? "") as LogSearch["span"] })}
      />
      <Choice
        name={t("log.person")}
        value={search.actor || undefined}
        options={sortedPeople}
        onChange={(actor) => onChange({ actor: actor ?? "" })}
      />
      <Choice
        name={t("log.act")}
        value={search.action || undefined}
        options={sortedActions}
        onChange={(action) => onChange({ action: action ?? "" })}
      />
      <Choice
        name={t("log.outcome")}
        value={search.outcome || undefined}
        options={outcomes.map((each) => [each, t(`log.outcome_${each}` as MessageKey)] as const)}
        onChange={(outcome) => onChange({ outcome: (outcome ?? "") as LogSearch["outcome"] })}
      />
      <SearchField
        low
        label={t("log.search")}
        placeholder={t("log.text_hint")}
        value={search.text ?? ""}
        onChange={findText}
        fieldRef={props.fieldRef}
      />
      {props.end}
    </div>
  );
}

function Choice(props: {
  name: string;
  value: string | undefined;
  options: readonly (readonly [string, string])[];
  onChange: (value: string | undefined) => void;
}) {
  const { t } = useI18n();
  const label = props.options.find(([value]) => value === props.value)?.[1] ?? props.value;
  return (
    <span className={css["choice"]} data-on={props.value ? true : undefined}>
      <Menu
        classNames={{ ...menuClasses, dropdown: `${menuClasses.dropdown} ${css["options"] ?? ""}` }}
        position="bottom-start"
      >
        <Menu.Target>
          <button type="button" className={css["pill"]}>
            <span className="cut">{label ? `${props.name}: ${label}` : props.name}</span>
            {props.value ? null : <IconChevronDown size={14} stroke={1.8} aria-hidden />}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {props.options.length === 0 ? <Menu.Label>{t("log.no_choices")}</Menu.Label> : null}
          <Menu.RadioGroup value={props.value ?? null} onChange={props.onChange}>
            {props.options.map(([value, text]) => (
              <Menu.RadioItem
                key={value}
                value={value}
                closeMenuOnClick
                checkIcon={<IconCheck size={15} stroke={2} aria-hidden />}
              >
                {text}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
      {props.value ? (
        <button
          type="button"
          className={css["drop"]}
          aria-label={t("log.remove_filter", { name: props.name })}
          onClick={() => props.onChange(undefined)}
        >
          <IconX size={13} stroke={2} aria-hidden />
        </button>
      ) : null}
    </span>
  );
}
