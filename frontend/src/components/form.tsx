// What the server said no to, above the button that asked.
import { asProblem } from "@/api/problem";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import css from "./form.module.css";

export const formClass = css["form"] ?? "";

export function Refusal(props: { error: unknown }) {
  const { t } = useI18n();
  const describe = useProblemText();
  if (!props.error) return null;
  const problem = asProblem(props.error);
  return (
    <div className={css["refusal"]} role="alert">
      {describe(problem)}
      {problem.status >= 500 && problem.requestId ? (
        <code>{t("states.request_id", { id: problem.requestId })}</code>
      ) : null}
    </div>
  );
}
