import { NativeSelect, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { requestRole } from "../api/request-role";

const spans = [30, 60, 120, 240, 480] as const;
const shortestReason = 10;

export function RequestDialog(props: { listKey: readonly string[]; onClose: () => void }) {
  const { t, format } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const describe = useProblemText();
  const [tried, setTried] = useState(false);
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState("60");
  const missing = shortestReason - [...reason.trim()].length;
  const request = useMutation({
    mutationFn: () => requestRole(api, { reason: reason.trim(), minutes: Number(minutes) }),
    onSuccess: async () => {
      props.onClose();
      await queries.invalidateQueries({ queryKey: props.listKey });
    },
  });
  const problem = request.error instanceof Problem ? request.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const shown = ["reason", "minutes"].includes(problem?.field ?? "");
  return (
    <FormDialog
      title={t("requests.request")}
      text={<p>{t("requests.request_text")}</p>}
      submit={t("requests.send")}
      onClose={props.onClose}
      onSubmit={() => request.mutate()}
      pending={request.isPending}
      incomplete={missing > 0}
      onIncomplete={() => setTried(true)}
      error={shown ? null : request.error}
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
      <NativeSelect
        label={t("requests.minutes")}
        value={minutes}
        onChange={(event) => setMinutes(event.currentTarget.value)}
        error={at("minutes")}
        data={spans.map((each) => ({ value: String(each), label: format.duration(each * 60) }))}
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
