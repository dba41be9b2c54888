// What is seen before the workspace is ready, and when it is not running: the steps, or why it stopped.
import { IconAlertTriangle, IconCheck, IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "@/components/button";
import { Bar } from "@/components/small";
import { useI18n, type I18n, type MessageKey } from "@/lib/i18n/i18n";
import { reasonText } from "@/lib/cause-text";
import { isGone, type StateEvent } from "../api/model";
import type { ConnectionState } from "../connection/workspace-connection";
import css from "./frame.module.css";

const steps = ["access", "sandbox", "files", "ready"] as const;
type Step = (typeof steps)[number];

function currentStep(state: ConnectionState): Step {
  if (state.sandbox?.state === "ready") return "ready";
  if (state.sandbox?.state === "hydrating") return "files";
  if (state.sandbox?.state === "starting" || state.link.phase === "open") return "sandbox";
  return "access";
}

/** What a finished step took, from the server's own clock. */
function took(i18n: I18n, step: Step, sandbox: StateEvent | null): string | null {
  const timing = sandbox?.timing;
  if (!timing) return null;
  const sum = (...parts: (number | null)[]) => {
    const known = parts.filter((part): part is number => part !== null);
    return known.length > 0 ? known.reduce((a, b) => a + b, 0) : null;
  };
  const ms =
    step === "sandbox"
      ? sum(timing.volume_ms, timing.create_ms, timing.start_ms, timing.agent_ms)
      : step === "files"
        ? timing.hydrate_ms
        : null;
  return ms === null ? null : `${i18n.format.number(Math.round(ms))} ms`;
}

export function StartScreen(props: {
  state: ConnectionState;
  name: string;
  starting: boolean;
  onStart: () => void;
}) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const { state, name } = props;
  const { sandbox } = state;
  if (sandbox?.state === "failed" || sandbox?.state === "stopped" || sandbox?.state === "stopping") {
    return <Stopped {...props} sandbox={sandbox} />;
  }
  const at = steps.indexOf(currentStep(state));
  const progress = sandbox?.progress;
  return (
    <Frame>
      <h2>{t("ide.starting_title", { name })}</h2>
      <ol className={css["steps"]} aria-live="polite">
        {steps.map((step, index) => {
          const done = index < at;
          const now = index === at;
          return (
            <li
              key={step}
              data-state={done ? "done" : now ? "now" : "next"}
              aria-current={now ? "step" : undefined}
            >
              <i aria-hidden>{done ? <IconCheck size={14} stroke={2.2} /> : null}</i>
              <span>
                {t(`ide.step_${step}` as MessageKey)}
                {step === "files" && progress && progress.files_total > 0 ? (
                  <small className="num">
                    {t("ide.files_of", { done: progress.files_done, count: progress.files_total })},{" "}
                    {format.bytes(progress.bytes_done)}
                  </small>
                ) : null}
                {now && sandbox?.detail ? (
                  <small>{reasonText(i18n, sandbox.code, sandbox.detail)}</small>
                ) : null}
              </span>
              <span className="num muted">{done ? took(i18n, step, sandbox) : null}</span>
              {step === "files" && now && progress && progress.files_total > 0 ? (
                <div className={css["progress"]}>
                  <Bar part={progress.files_done} whole={progress.files_total} label={t("ide.step_files")} />
                </div>
              ) : null}
            </li>
          );
        })}
      </ol>
    </Frame>
  );
}

function Stopped(props: {
  state: ConnectionState;
  sandbox: StateEvent;
  name: string;
  starting: boolean;
  onStart: () => void;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const { sandbox, name } = props;
  const failed = sandbox.state === "failed";
  const gone = isGone(sandbox);
  const why = reasonText(
    i18n,
    sandbox.code,
    sandbox.detail ?? (failed ? t("ide.failed_text") : t("ide.stopped_text")),
  );
  const folderId = props.state.session?.workspace.folder_id;
  const Glyph = failed ? IconAlertTriangle : IconPlayerStop;
  return (
    <Frame>
      <Glyph size={32} stroke={1.3} aria-hidden className={failed ? css["failed"] : css["calm"]} />
      <h2>
        {gone
          ? t("ide.gone_title")
          : failed
            ? t("ide.failed_title", { name })
            : sandbox.state === "stopping"
              ? t("ide.stopping_title", { name })
              : t("ide.stopped_title", { name })}
      </h2>
      <p className={css["why"]}>{why}</p>
      {/* A code says something only where there are no words for it. */}
      {failed && sandbox.code && why === sandbox.detail ? (
        <p className={css["code"]}>{sandbox.code}</p>
      ) : null}
      <div className={css["acts"]}>
        {gone || sandbox.state === "stopping" ? null : (
          <Button kind="primary" icon={IconPlayerPlay} loading={props.starting} onClick={props.onStart}>
            {t("ide.start_again")}
          </Button>
        )}
        {gone ? (
          <Link to="/files">{t("ide.to_files")}</Link>
        ) : folderId ? (
          <Link to="/files/$nodeId" params={{ nodeId: folderId }} search={{}}>
            {t("ide.to_folder")}
          </Link>
        ) : null}
      </div>
    </Frame>
  );
}

function Frame(props: { children: ReactNode }) {
  return (
    <div className={css["start"]}>
      <div>{props.children}</div>
    </div>
  );
}
