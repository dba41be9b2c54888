// The terminals of the workspace. They live in the sandbox: closing the page leaves them running.
import { IconChevronDown, IconPlus, IconTerminal2, IconX } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ActionButton, ActionIconButton, IconButton } from "@/components/button";
import { ErrorState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { usePhone } from "@/lib/narrow";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { closeTerminal } from "../api/close-terminal";
import { listTerminals } from "../api/list-terminals";
import { openTerminal } from "../api/open-terminal";
import type { Ide } from "../api/ide";
import type { Terminal } from "../api/model";
import { KeyRow } from "./key-row";
import { TerminalView, type TerminalHandle } from "./terminal-view";
import css from "./terminal.module.css";

const firstSize = { cols: 100, rows: 24 };
/** Each terminal of the list is one connection; the server allows a browser 20 to a workspace, events included. */
const mostTerminals = 16;

export function TerminalPanel(props: {
  ide: Ide;
  ready: boolean;
  canWrite: boolean;
  current: string | null;
  onCurrent: (id: string | null) => void;
  onHide: () => void;
  /** Whether a person just asked for the panel, so that typing goes on in it; asked once. */
  takesFocus: () => boolean;
}) {
  const { t } = useI18n();
  const { ide, ready, canWrite, onCurrent, takesFocus } = props;
  const describe = useProblemText();
  const phone = usePhone();
  const queries = useQueryClient();
  const key = useMemo(() => ["ide", ide.base, "terminals"], [ide.base]);
  const list = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => listTerminals(ide, signal),
    enabled: ready,
    refetchOnMount: "always",
  });
  const [unlinked, setUnlinked] = useState<ReadonlySet<string>>(new Set());
  const handles = useRef(new Map<string, TerminalHandle>());
  // Terminals of a sandbox that is gone may still be known: only what was read now counts.
  const fresh = list.isFetchedAfterMount;
  const items = useMemo(() => (fresh ? (list.data ?? []) : []), [fresh, list.data]);
  const current = items.find((item) => item.id === props.current) ?? items[0];

  const open = useMutation({
    mutationFn: () => openTerminal(ide, firstSize.cols, firstSize.rows),
    onSuccess: (made) => {
      queries.setQueryData<Terminal[]>(key, (now) => [
        ...(now ?? []).filter((item) => item.id !== made.id),
        made,
      ]);
      onCurrent(made.id);
      setTimeout(() => handles.current.get(made.id)?.focus(), 50);
    },
    onError: (error) => showNotice({ text: describe(error), tone: "danger" }),
  });
  const { mutate: openOne, isPending: opening } = open;
  const close = (terminal: Terminal) => {
    queries.setQueryData<Terminal[]>(key, (now) => now?.filter((item) => item.id !== terminal.id));
    if (current?.id === terminal.id) onCurrent(null);
    closeTerminal(ide, terminal.id).catch((error: unknown) => {
      void queries.invalidateQueries({ queryKey: key });
      showNotice({ text: describe(error), tone: "danger" });
    });
  };
  // The first visit finds a shell waiting.
  const asked = useRef(false);
  useEffect(() => {
    if (asked.current || !ready || !canWrite || !fresh || !list.isSuccess || list.data.length > 0) return;
    asked.current = true;
    openOne();
  }, [ready, canWrite, fresh, list.isSuccess, list.data, openOne]);

  const focusWanted = useRef(takesFocus());
  const tabs = useRef<HTMLDivElement>(null);
  const currentId = current?.id;
  useEffect(() => {
    if (currentId === undefined) return;
    tabs.current?.querySelector("[data-on]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (!focusWanted.current) return;
    focusWanted.current = false;
    handles.current.get(currentId)?.focus();
  }, [currentId]);

  const why = !canWrite
    ? t("ide.why_read_only")
    : !ready
      ? t("ide.why_not_ready")
      : items.length >= mostTerminals
        ? t("ide.why_many_terminals", { count: mostTerminals })
        : null;
  const newTerminal = useMemo(
    () => ({
      id: "ide.new-terminal",
      label: t("ide.new_terminal"),
      group: t("ide.group"),
      icon: IconPlus,
      disabledReason: why,
      run: () => {
        if (!opening) openOne();
      },
    }),
    [t, why, openOne, opening],
  );
  useRegisterActions(useMemo<Action[]>(() => [{ ...newTerminal, icon: IconTerminal2 }], [newTerminal]));

  return (
    <section className={css["panel"]} aria-label={t("ide.terminals")}>
      <header className={css["head"]}>
        <div ref={tabs} className={css["tabs"]} role="tablist" aria-label={t("ide.terminals")}>
          {items.map((terminal, index) => {
            const name = terminal.title || t("ide.terminal_n", { count: index + 1 });
            return (
              <div
                key={terminal.id}
                className={css["tab"]}
                role="presentation"
                data-on={terminal.id === current?.id || undefined}
              >
                <button
                  type="button"
                  role="tab"
                  aria-selected={terminal.id === current?.id}
                  onClick={() => {
                    onCurrent(terminal.id);
                    setTimeout(() => handles.current.get(terminal.id)?.focus(), 30);
                  }}
                >
                  <IconTerminal2 size={15} stroke={1.7} aria-hidden />
                  <span className="cut">{name}</span>
                  {terminal.exit_code !== null ? (
                    <small>{t("ide.exited", { code: terminal.exit_code })}</small>
                  ) : null}
                  {unlinked.has(terminal.id) ? <small>{t("ide.reconnecting")}</small> : null}
                </button>
                <button
                  type="button"
                  className={css["shut"]}
                  aria-label={t("ide.close_terminal", { name })}
                  onClick={() => close(terminal)}
                >
                  <IconX size={13} stroke={1.8} aria-hidden />
                </button>
              </div>
            );
          })}
        </div>
        <ActionIconButton small action={newTerminal} />
        {phone ? null : (
          <IconButton small icon={IconChevronDown} label={t("ide.hide_terminals")} onClick={props.onHide} />
        )}
      </header>
      <div className={css["body"]}>
        {list.isError ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.isSuccess && fresh && items.length === 0 && !opening ? (
          <div className={css["none"]}>
            <p>{t("ide.no_terminals")}</p>
            <ActionButton action={newTerminal} />
          </div>
        ) : null}
        {!canWrite && items.length > 0 ? (
          <div className={css["none"]}>
            <p>{t("ide.terminals_writers")}</p>
          </div>
        ) : null}
        {ready && canWrite
          ? items.map((terminal, index) => (
              <TerminalView
                key={terminal.id}
                ide={ide}
                id={terminal.id}
                title={terminal.title || t("ide.terminal_n", { count: index + 1 })}
                shown={terminal.id === current?.id}
                onExited={(code) =>
                  queries.setQueryData<Terminal[]>(key, (now) =>
                    now?.map((item) => (item.id === terminal.id ? { ...item, exit_code: code ?? 0 } : item)),
                  )
                }
                onLinked={(linked) =>
                  setUnlinked((now) => {
                    if (linked === !now.has(terminal.id)) return now;
                    const next = new Set(now);
                    if (linked) next.delete(terminal.id);
                    else next.add(terminal.id);
                    return next;
                  })
                }
                handle={(handle) => {
                  if (handle) handles.current.set(terminal.id, handle);
                  else handles.current.delete(terminal.id);
                }}
              />
            ))
          : null}
      </div>
      {phone && current ? <KeyRow onType={(text) => handles.current.get(current.id)?.type(text)} /> : null}
    </section>
  );
}
