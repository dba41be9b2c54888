// What the server said no to, above the button that asked.
import { asProblem } from "@/api/problem";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { useNowBySecond } from "@/lib/time/now";
import css from "./form.module.css";

export const formClass = css["form"] ?? "";

export function Refusal(props: { error: unknown }) {
  const { t } = useI18n();
  const describe = useProblemText();
  if (!props.error) return null;
  const problem = asProblem(props.error);
  if (problem.retryAt !== null) return <Wait until={problem.retryAt} />;
  return (
    <div className={css["refusal"]} role="alert">
      {describe(problem)}
      {problem.status >= 500 && problem.requestId ? (
        <code>{t("states.request_id", { id: problem.requestId })}</code>
      ) : null}
    </div>
  );
}

/** How long the server wants to be left alone, counted down. */
export function useWait(error: unknown): number {
  const now = useNowBySecond();
  const until = error ? asProblem(error).retryAt : null;
  return until === null ? 0 : Math.max(0, Math.ceil((until - now.getTime()) / 1000));
}

function Wait(props: { until: number }) {
  const { t, format } = useI18n();
  const now = useNowBySecond();
  const seconds = Math.ceil((props.until - now.getTime()) / 1000);
  return (
    <div className={css["refusal"]} role="alert">
      {seconds > 0 ? t("problems.wait", { time: format.duration(seconds) }) : t("problems.wait_over")}
    </div>
  );
}
