// What is still on its way: total, each file that is being sent, and what needs a decision.
import {
  IconCheck,
  IconChevronDown,
  IconChevronUp,
  IconPlayerPause,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { Button, IconButton } from "@/components/button";
import { Bar } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { useLeaveGuard, useUploadQueue, useUploadStatus } from "./upload-context";
import type { UploadQueue } from "./upload-queue";
import type { UploadItem, UploadStatus } from "./upload-status";
import css from "./tray.module.css";

/** How many lines of one kind are listed; the rest is a number. */
const listed = 50;
const closeMs = 6_000;

export function UploadTray() {
  const { t, format } = useI18n();
  const queue = useUploadQueue();
  const status = useUploadStatus();
  const [folded, setFolded] = useState(false);
  useLeaveGuard(status);
  useCloseWhenDone(status, queue);
  if (status.total === 0) return null;
  const busy = status.sending.length > 0 || status.waiting > 0;
  const held = status.held.length > 0;
  const attention = status.clashes.length + status.failures.length;
  // When all is well the title says it all.
  const more = busy || held || attention > 0;
  const title =
    status.paused || (held && !busy && attention === 0)
      ? t("upload.title_paused", { done: status.done, count: status.total })
      : busy
        ? t("upload.title", { done: status.done, count: status.total })
        : attention > 0
          ? t("upload.title_attention", { count: attention })
          : status.filesDone > 0
            ? t("upload.title_done", { count: status.filesDone })
            : t("upload.title_done_folders", { count: status.done });
  return (
    <section className={css["tray"]} aria-label={t("upload.label")} data-folded={folded || undefined}>
      <header className={css["head"]}>
        <b aria-live="polite">{title}</b>
        <span className={`${css["sum"]} num`}>
          {busy
            ? t("upload.bytes", {
                sent: format.bytes(status.bytesSent),
                total: format.bytes(status.bytesTotal),
              })
            : null}
          {busy && status.secondsLeft !== null
            ? ` · ${t("upload.left", { time: format.duration(status.secondsLeft) })}`
            : null}
        </span>
        {more ? (
          <IconButton
            small
            icon={folded ? IconChevronUp : IconChevronDown}
            label={folded ? t("upload.unfold") : t("upload.fold")}
            aria-expanded={!folded}
            onClick={() => setFolded(!folded)}
          />
        ) : null}
        {busy ? null : (
          <IconButton small icon={IconX} label={t("common.close")} onClick={() => queue.close()} />
        )}
      </header>
      {busy ? (
        <Bar part={status.bytesSent + status.done} whole={status.bytesTotal + status.total} label={title} />
      ) : null}
      {folded || !more ? null : (
        <div className={css["body"]}>
          <Clashes items={status.clashes} />
          <Failures items={status.failures} />
          <ul>
            {status.sending.map((item) => (
              <li key={item.id} className={css["line"]}>
                <span className="cut" title={item.path}>
                  {item.path}
                </span>
                <span className="num muted">{format.percent(item.sent, item.size)}</span>
                <IconButton
                  small
                  icon={IconPlayerPause}
                  label={t("upload.pause_file", { name: item.name })}
                  onClick={() => queue.pauseOne(item.id)}
                />
                <IconButton
                  small
                  icon={IconX}
                  label={t("upload.cancel_file", { name: item.name })}
                  onClick={() => queue.cancel(item.id)}
                />
                <Bar part={item.sent} whole={item.size} label={item.path} />
              </li>
            ))}
            {status.held.slice(0, listed).map((item) => (
              <li key={item.id} className={css["line"]}>
                <span className="cut" title={item.path}>
                  {item.path}
                </span>
                <span className="muted">{t("upload.held")}</span>
                <IconButton
                  small
                  icon={IconPlayerPlay}
                  label={t("upload.resume_file", { name: item.name })}
                  onClick={() => queue.resumeOne(item.id)}
                />
                <IconButton
                  small
                  icon={IconX}
                  label={t("upload.cancel_file", { name: item.name })}
                  onClick={() => queue.cancel(item.id)}
                />
              </li>
            ))}
          </ul>
          <Results items={status.results} count={status.done} />
          {busy ? (
            <footer className={css["foot"]}>
              <span className="muted">
                {status.waiting > 0 ? t("upload.waiting", { count: status.waiting }) : null}
              </span>
              {status.paused ? (
                <Button size="small" icon={IconPlayerPlay} onClick={() => queue.resume()}>
                  {t("upload.resume")}
                </Button>
              ) : (
                <Button size="small" kind="quiet" icon={IconPlayerPause} onClick={() => queue.pause()}>
                  {t("upload.pause")}
                </Button>
              )}
              <Button size="small" kind="quiet" onClick={() => queue.cancelAll()}>
                {t("upload.cancel_all")}
              </Button>
            </footer>
          ) : null}
        </div>
      )}
    </section>
  );
}

/** What arrived, folded: the list shows it as well. */
function Results({ items, count }: { items: readonly UploadItem[]; count: number }) {
  const { t, format } = useI18n();
  if (items.length === 0) return null;
  return (
    <details className={css["results"]}>
      <summary>{t("upload.results", { count })}</summary>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <IconCheck size={14} stroke={2} aria-hidden />
            <span className="cut" title={item.path}>
              {item.path}
            </span>
            <span className="num muted">{format.bytes(item.size)}</span>
          </li>
        ))}
      </ul>
      {count > items.length ? (
        <p className="muted">{t("upload.more", { count: count - items.length })}</p>
      ) : null}
    </details>
  );
}

/** When all is well the tray goes by itself: the list shows what arrived. */
function useCloseWhenDone(status: UploadStatus, queue: UploadQueue): void {
  const { total, done } = status;
  const finished = total > 0 && done === total;
  useEffect(() => {
    if (!finished) return;
    const timer = setTimeout(() => queue.close(), closeMs);
    return () => clearTimeout(timer);
  }, [finished, queue]);
}

function Clashes({ items }: { items: readonly UploadItem[] }) {
  const { t } = useI18n();
  const queue = useUploadQueue();
  return (
    <Attention
      items={items}
      heading={t("upload.clashes", { count: items.length })}
      forAll={
        <>
          <Button size="small" onClick={() => queue.resolveAll("keep-both")}>
            {t("upload.keep_all")}
          </Button>
          <Button size="small" onClick={() => queue.resolveAll("replace")}>
            {t("upload.replace_all")}
          </Button>
          <Button size="small" kind="quiet" onClick={() => queue.resolveAll("skip")}>
            {t("upload.skip_all")}
          </Button>
        </>
      }
      reason={() => t("upload.name_taken")}
      acts={(item) => (
        <>
          <Button size="small" onClick={() => queue.resolve(item.id, "keep-both")}>
            {t("upload.keep_both")}
          </Button>
          <Button size="small" onClick={() => queue.resolve(item.id, "replace")}>
            {t("upload.replace")}
          </Button>
        </>
      )}
    />
  );
}

function Failures({ items }: { items: readonly UploadItem[] }) {
  const { t } = useI18n();
  const queue = useUploadQueue();
  const describe = useProblemText();
  return (
    <Attention
      items={items}
      heading={t("upload.failures", { count: items.length })}
      forAll={
        <Button size="small" onClick={() => queue.retryAll()}>
          {t("upload.retry_all")}
        </Button>
      }
      reason={(item) => describe(item.problem)}
      acts={(item) => (
        <Button size="small" onClick={() => queue.retry(item.id)}>
          {t("states.retry")}
        </Button>
      )}
    />
  );
}

/** Items that wait for a decision, each with its reason and what can be done; the first ones of many. */
function Attention(props: {
  items: readonly UploadItem[];
  heading: string;
  forAll: ReactNode;
  reason: (item: UploadItem) => string;
  acts: (item: UploadItem) => ReactNode;
}) {
  const { items } = props;
  const { t } = useI18n();
  const queue = useUploadQueue();
  if (items.length === 0) return null;
  return (
    <div className={css["attention"]}>
      {items.length > 1 ? (
        <div className={css["bulk"]}>
          <span>{props.heading}</span>
          {props.forAll}
        </div>
      ) : null}
      <ul>
        {items.slice(0, listed).map((item) => (
          <li key={item.id} className={css["choice"]}>
            <span className="cut" title={item.path}>
              {item.path}
            </span>
            <small>{props.reason(item)}</small>
            <span className={css["acts"]}>
              {props.acts(item)}
              <Button size="small" kind="quiet" onClick={() => queue.cancel(item.id)}>
                {t("upload.skip")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      {items.length > listed ? (
        <p className="muted">{t("upload.more", { count: items.length - listed })}</p>
      ) : null}
    </div>
  );
}
