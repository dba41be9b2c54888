// The emergency: the administrator's role at once. Says before what follows, and asks for the reason that others will read.
import { Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { keys } from "@/api/queries";
import { Check } from "@/components/check";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { breakGlass } from "../api/break-glass";
import css from "../account.module.css";

const shortestReason = 20;

export function BreakGlassDialog(props: { listKey: readonly string[]; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  const [tried, setTried] = useState(false);
  const [reason, setReason] = useState("");
  const [understood, setUnderstood] = useState(false);
  const missing = shortestReason - [...reason.trim()].length;
  const use = useMutation({
    mutationFn: () => breakGlass(api, reason.trim()),
    onSuccess: async () => {
      props.onClose();
      await Promise.all([
        queries.invalidateQueries({ queryKey: props.listKey }),
        // There are more places now.
        queries.invalidateQueries({ queryKey: keys.me }),
      ]);
    },
  });
  const problem = use.error instanceof Problem ? use.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const shown = problem?.field === "reason";
  return (
    <FormDialog
      title={t("requests.break_glass_title")}
      text={
        <ul className={css["consequences"]}>
          <li>{t("requests.consequence_role")}</li>
          <li>{t("requests.consequence_told")}</li>
          <li>{t("requests.consequence_review")}</li>
          <li>{t("requests.consequence_log")}</li>
        </ul>
      }
      submit={t("requests.break_glass_use")}
      danger
      onClose={props.onClose}
      onSubmit={() => use.mutate()}
      pending={use.isPending}
      incomplete={missing > 0 || !understood}
      onIncomplete={() => setTried(true)}
      error={shown ? null : use.error}
      size={520}
    >
      <Textarea
        data-autofocus
        label={t("requests.reason")}
        description={
          !tried && missing > 0 ? t("requests.reason_short", { count: missing }) : t("requests.reason_hint")
        }
        error={tried && missing > 0 ? t("requests.reason_short", { count: missing }) : at("reason")}
        rows={3}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        classNames={fieldClasses}
      />
      <div>
        <Check label={t("requests.understood")} checked={understood} onChange={setUnderstood} />
        {tried && !understood ? (
          <p className={fieldClasses.error} role="alert">
            {t("form.confirm_first")}
          </p>
        ) : null}
      </div>
    </FormDialog>
  );
}
