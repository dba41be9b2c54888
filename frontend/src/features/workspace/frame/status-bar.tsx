// One line below: the link, what is saved to the cloud, where the cursor is, what the sandbox uses.
import { IconCloudCheck, IconCloudOff, IconCloudUp, IconShield } from "@tabler/icons-react";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { useNowBySecond } from "@/lib/time/now";
import { isGone, type StateEvent } from "../api/model";
import type { ConnectionState, Link } from "../connection/workspace-connection";
import type { CursorPosition } from "../editor/code-editor";
import css from "./frame.module.css";

export function StatusBar(props: {
  state: ConnectionState;
  cursor: CursorPosition | null;
  language: string | null;
  unsaved: number;
  onRetry: () => void;
}) {
  const { t, format } = useI18n();
  const { cpus, sandbox } = props.state;
  const usage = sandbox?.state === "ready" ? props.state.usage : null;
  return (
    <footer className={css["status"]} aria-label={t("ide.status")}>
      {props.state.link.phase === "open" ? (
        <SandboxState sandbox={sandbox} />
      ) : (
        <LinkState link={props.state.link} onRetry={props.onRetry} />
      )}
      <SyncState state={props.state} />
      {props.unsaved > 0 ? <span>{t("ide.unsaved", { count: props.unsaved })}</span> : null}
      <span className={css["space"]} />
      {props.cursor ? (
        <span className="num">
          {t("ide.cursor", { line: props.cursor.line, column: props.cursor.column })}
        </span>
      ) : null}
      {props.language ? <span className={css["wide"]}>{props.language}</span> : null}
      {usage ? (
        <span
          className={`${css["wide"]} num`}
          title={t("ide.usage_title", {
            limit: format.bytes(usage.disk_limit_bytes),
            processes: usage.processes,
            files: usage.files,
          })}
        >
          {cpus === null ? null : `${t("ide.cpus", { number: format.fixed(cpus) })}, `}
          {t("ide.memory", { used: format.bytes(usage.memory_bytes) })},{" "}
          {t("ide.disk", {
            used: format.bytes(usage.disk_bytes),
            limit: format.bytes(usage.disk_limit_bytes),
          })}
        </span>
      ) : null}
      <span className={css["wide"]} title={t("ide.no_network_title")}>
        <IconShield size={14} stroke={1.7} aria-hidden />
        {t("ide.no_network")}
      </span>
    </footer>
  );
}

/** With the link open, what counts is whether there is a sandbox at its end. */
function SandboxState({ sandbox }: { sandbox: StateEvent | null }) {
  const { t } = useI18n();
  const [key, tone]: [MessageKey, string] =
    sandbox === null
      ? ["ide.connecting", "attention"]
      : sandbox.state === "ready"
        ? ["ide.connected", "good"]
        : isGone(sandbox)
          ? ["ide.state_gone", "danger"]
          : [
              `ide.state_${sandbox.state}`,
              {
                starting: "attention",
                hydrating: "attention",
                stopping: "attention",
                stopped: "off",
                failed: "danger",
              }[sandbox.state],
            ];
  return (
    <span role="status">
      <i className={css["dot"]} data-tone={tone} aria-hidden />
      {t(key)}
    </span>
  );
}

function LinkState({ link, onRetry }: { link: Link; onRetry: () => void }) {
  const { t } = useI18n();
  const now = useNowBySecond();
  if (link.phase === "waiting") {
    const seconds = Math.max(0, Math.ceil((link.retryAt - now.getTime()) / 1000));
    return (
      <span role="status">
        <i className={css["dot"]} data-tone="attention" aria-hidden />
        {seconds > 0 ? t("ide.retry_in", { count: seconds }) : t("ide.connecting")}
        <button type="button" onClick={onRetry}>
          {t("ide.retry_now")}
        </button>
      </span>
    );
  }
  if (link.phase === "ended" || link.phase === "refused") {
    return (
      <span role="status">
        <i className={css["dot"]} data-tone="danger" aria-hidden />
        {t("ide.disconnected")}
        <button type="button" onClick={onRetry}>
          {t("ide.retry_now")}
        </button>
      </span>
    );
  }
  return (
    <span role="status">
      <i className={css["dot"]} data-tone="attention" aria-hidden />
      {t("ide.connecting")}
    </span>
  );
}

function SyncState({ state }: { state: ConnectionState }) {
  const { t, format } = useI18n();
  const now = useNowBySecond();
  const { sync } = state;
  if (!sync || state.sandbox?.state !== "ready") return null;
  if (sync.state === "offline") {
    return (
      <span className={css["bad"]} title={sync.message ?? undefined} role="status">
        <IconCloudOff size={15} stroke={1.7} aria-hidden />
        {t("ide.sync_offline", { count: sync.pending })}
      </span>
    );
  }
  if (sync.state === "syncing") {
    return (
      <span title={sync.message ?? undefined}>
        <IconCloudUp size={15} stroke={1.7} aria-hidden />
        {t("ide.syncing", { count: sync.pending })}
      </span>
    );
  }
  return (
    <span className="num" title={sync.message ?? t("ide.synced_title")}>
      <IconCloudCheck size={15} stroke={1.7} aria-hidden className={css["good"]} />
      {sync.last_synced_at
        ? t("ide.synced_ago", { ago: format.shortAgo(sync.last_synced_at, now) })
        : t("ide.synced")}
    </span>
  );
}
