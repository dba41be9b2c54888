// The log: what happened, by whom, sealed and signed. Reading it is in it, too.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconDownload, IconListDetails, IconRefresh, IconShieldCheck } from "@tabler/icons-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { useApi } from "@/api/context";
import type { AuditHead } from "@/api/model";
import { useMe } from "@/api/queries";
import { ActionButton, ActionIconButton, Button } from "@/components/button";
import { PageHead } from "@/components/page-head";
import { EmptyState, ErrorState } from "@/components/states";
import { WorkPage } from "@/components/work-page";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { useStillHere } from "@/lib/navigation/use-still-here";
import { useWide } from "@/lib/narrow";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { useNowBySecond } from "@/lib/time/now";
import { exportLog } from "./api/export-log";
import { listEntries } from "./api/list-entries";
import { readHead } from "./api/read-head";
import { Emergencies } from "./emergencies";
import { EntryPanel } from "./entry-panel";
import { LogFilters } from "./log-filters";
import { filterOf, type LogSearch } from "./log-search";
import { LogTable, LogTableSkeleton } from "./log-table";
import { useTextSearch } from "./use-text-search";
import css from "./log.module.css";

const headMs = 10_000;

export function LogPage() {
  const { t } = useI18n();
  const api = useApi();
  const wide = useWide();
  const mayExport = useMe().abilities.export_log;
  const describe = useProblemText();
  const search = useSearch({ from: "/shell/log" });
  const navigate = useNavigate({ from: "/log" });
  const textField = useRef<HTMLInputElement>(null);
  const [exporting, setExporting] = useState(false);

  const stillHere = useStillHere();
  const setSearch = useCallback(
    (change: Partial<LogSearch>) => {
      // What was typed into the filter comes a moment later.
      if (!stillHere()) return;
      void navigate({
        search: (now) =>
          Object.fromEntries(Object.entries({ ...now, ...change }).filter(([, value]) => value)) as LogSearch,
        replace: true,
      });
    },
    [navigate, stillHere],
  );
  const { span, actor, action, outcome, text } = search;
  const [readAt, setReadAt] = useState(() => new Date());
  const filter = useMemo(
    () => filterOf({ span, actor, action, outcome }, readAt),
    [span, actor, action, outcome, readAt],
  );
  const head = useQuery({
    queryKey: ["log", "head"],
    queryFn: ({ signal }) => readHead(api, signal),
    refetchInterval: headMs,
  });
  const entries = useInfiniteQuery({
    queryKey: ["log", "entries", filter],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => listEntries(api, filter, pageParam, signal),
    getNextPageParam: (page) => page.next,
    refetchOnWindowFocus: false,
    placeholderData: (before) => before,
  });
  const read = useMemo(() => entries.data?.pages.flatMap((page) => page.items) ?? [], [entries.data]);
  const { found: items, searching, readFurther } = useTextSearch(read, text ?? "", entries);
  const failed = entries.isError && read.length === 0;
  const chosen = items.findIndex((item) => item.id === search.entry);
  const filtered = searching || Object.keys(filter).length > 0;

  const actions = useMemo<Action[]>(() => {
    const save = async () => {
      setExporting(true);
      try {
        const { bundle, name } = await exportLog(api, filter);
        const link = document.createElement("a");
        link.href = URL.createObjectURL(bundle);
        link.download = name;
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      } catch (error) {
        showNotice({ text: describe(error), tone: "danger", ms: null });
      } finally {
        setExporting(false);
      }
    };
    const exportAll: Action = {
      id: "log.export",
      label: t("log.export"),
      group: t("shell.log"),
      icon: IconDownload,
      disabledReason: exporting ? t("log.exporting") : searching ? t("log.why_no_text_export") : null,
      run: () => void save(),
    };
    return [
      ...(mayExport ? [exportAll] : []),
      {
        id: "log.refresh",
        label: t("log.refresh"),
        group: t("shell.log"),
        icon: IconRefresh,
        shortcut: "R",
        run: () => {
          setReadAt(new Date());
          void entries.refetch();
          void head.refetch();
        },
      },
      {
        id: "log.search",
        label: t("log.search"),
        group: t("shell.log"),
        shortcut: "/",
        run: () => textField.current?.focus(),
      },
    ];
  }, [t, api, filter, searching, exporting, mayExport, describe, entries, head]);
  useRegisterActions(actions);
  const actionOf = (id: string) => actions.find((action) => action.id === id);
  const exportAction = actionOf("log.export");
  const refreshAction = actionOf("log.refresh");

  return (
    <WorkPage
      head={<PageHead title={t("shell.log")} crumbs={[{ label: t("shell.log") }]} />}
      heading={
        <>
          {head.data ? <HeadSentence head={head.data} /> : <h1>{t("shell.log")}</h1>}
          {/* When the entries fail as well, the sentence stands in their place. */}
          {head.isError && !failed ? <p className={css["bad"]}>{describe(head.error)}</p> : null}
        </>
      }
      acts={exportAction ? <ActionButton action={exportAction} kind="primary" /> : null}
    >
      <div className={css["main"]}>
        <Emergencies
          onShow={(id) => setSearch({ span: "", actor: "", action: "", outcome: "", entry: "", text: id })}
        />
        <LogFilters
          search={search}
          fieldRef={textField}
          onChange={setSearch}
          actors={read}
          end={refreshAction ? <ActionIconButton action={{ ...refreshAction, icon: IconRefresh }} /> : null}
        />
        {failed ? (
          <ErrorState error={entries.error} onRetry={() => void entries.refetch()} />
        ) : entries.isPending ? (
          <LogTableSkeleton />
        ) : items.length === 0 && !(searching && entries.hasNextPage && !readFurther) ? (
          <EmptyState
            icon={IconListDetails}
            title={filtered ? t("log.none_found") : t("log.empty")}
            {...(searching ? { text: t("log.read_n", { count: read.length }) } : {})}
          >
            {readFurther ? (
              <Button kind="primary" onClick={readFurther}>
                {t("log.read_further")}
              </Button>
            ) : null}
            {filtered ? (
              <Button onClick={() => setSearch({ span: "", actor: "", action: "", outcome: "", text: "" })}>
                {t("log.clear_filters")}
              </Button>
            ) : null}
          </EmptyState>
        ) : (
          <LogTable
            items={items}
            more={entries.hasNextPage}
            read={searching ? read.length : null}
            onReadFurther={readFurther}
            onMore={() => {
              if (!entries.isFetching) void entries.fetchNextPage();
            }}
            chosen={search.entry ?? null}
            onChoose={(id) => setSearch({ entry: id })}
          />
        )}
      </div>
      {items[chosen] ? (
        <EntryPanel
          entry={items[chosen]}
          asDialog={!wide}
          onClose={() => setSearch({ entry: "" })}
          onNewer={chosen > 0 ? () => setSearch({ entry: items[chosen - 1]?.id ?? "" }) : null}
          onOlder={chosen < items.length - 1 ? () => setSearch({ entry: items[chosen + 1]?.id ?? "" }) : null}
        />
      ) : null}
    </WorkPage>
  );
}

function HeadSentence({ head }: { head: AuditHead }) {
  const { t, format } = useI18n();
  const now = useNowBySecond();
  const parts = [
    t("log.head_entries", { count: head.size }),
    head.sealed_at
      ? t("log.head_sealed", { ago: format.shortAgo(head.sealed_at, now) })
      : t("log.head_not_sealed"),
    head.signed_at
      ? t("log.head_signed", { ago: format.shortAgo(head.signed_at, now) })
      : t("log.head_not_signed"),
  ];
  const behind = head.size - head.signed_size;
  return (
    <>
      <h1 className="num">{parts.join(", ")}</h1>
      <p className={css["sub"]}>
        <IconShieldCheck size={16} stroke={1.7} aria-hidden />
        <span>
          {behind > 0 ? t("log.head_behind", { count: behind }) : t("log.head_covered")}{" "}
          {head.waiting > 0 ? t("log.head_waiting", { count: head.waiting }) : null}
        </span>
      </p>
    </>
  );
}
