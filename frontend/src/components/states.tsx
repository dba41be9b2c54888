// What a view shows when it has nothing to show: empty, failed, not there, without a network.
import { IconAlertTriangle, IconCloudOff, IconFileUnknown, type Icon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { useOnline } from "@/lib/online";
import { Button } from "./button";
import css from "./states.module.css";

export function EmptyState(props: { icon: Icon; title: string; text?: string; children?: ReactNode }) {
  const Glyph = props.icon;
  return (
    <div className={css["state"]}>
      <Glyph size={36} stroke={1.2} className={css["glyph"]} aria-hidden />
      <h2>{props.title}</h2>
      {props.text ? <p>{props.text}</p> : null}
      {props.children ? <div className={css["acts"]}>{props.children}</div> : null}
    </div>
  );
}

/** What failed, what to do, the request id for whoever helps, and a retry. */
export function ErrorState(props: { error: unknown; onRetry?: () => void; children?: ReactNode }) {
  const { t } = useI18n();
  const describe = useProblemText();
  const problem = asProblem(props.error);
  if (problem.notFound) return <NotFoundState>{props.children}</NotFoundState>;
  const Glyph = problem.offline ? IconCloudOff : IconAlertTriangle;
  return (
    <div className={css["state"]} role="alert">
      <Glyph size={36} stroke={1.2} className={css["glyph"]} aria-hidden />
      <h2>{problem.offline ? t("states.offline_title") : t("states.error_title")}</h2>
      <p>{describe(problem)}</p>
      <div className={css["acts"]}>
        {props.onRetry ? <Button onClick={props.onRetry}>{t("states.retry")}</Button> : null}
        {props.children}
      </div>
      {problem.requestId ? (
        <p className={css["request"]}>{t("states.request_id", { id: problem.requestId })}</p>
      ) : null}
    </div>
  );
}

/** Also for what one has no right to: the two look the same. */
export function NotFoundState(props: { children?: ReactNode }) {
  const { t } = useI18n();
  return (
    <EmptyState icon={IconFileUnknown} title={t("states.not_found_title")} text={t("states.not_found_text")}>
      {props.children}
    </EmptyState>
  );
}

export function OfflineBar() {
  const { t } = useI18n();
  const online = useOnline();
  if (online) return null;
  return (
    <div className={css["offline"]} role="status">
      <IconCloudOff size={16} stroke={1.7} aria-hidden />
      {t("states.offline_bar")}
    </div>
  );
}
