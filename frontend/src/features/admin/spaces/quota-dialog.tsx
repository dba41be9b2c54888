// How much one space may hold.
import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import type { SpaceInUse } from "../api/model";
import { setQuota } from "../api/set-quota";
import { useAdminChanged } from "../use-admin-query";
import { quotaBytes, quotaText } from "./quota-text";

export function QuotaDialog(props: {
  space: SpaceInUse;
  name: string;
  defaultQuota: number | null;
  onClose: () => void;
}) {
  const { t, format } = useI18n();
  const api = useApi();
  const changed = useAdminChanged();
  const [typed, setTyped] = useState(quotaText(props.space.quota));
  const [tried, setTried] = useState(false);
  const bytes = quotaBytes(typed);
  const save = useMutation({
    mutationFn: (quota: number | null) => setQuota(api, props.space.id, quota),
    onSuccess: async () => {
      props.onClose();
      await changed();
    },
  });
  return (
    <FormDialog
      title={t("spaces.quota_title", { name: props.name })}
      text={<p>{t("spaces.quota_text", { used: format.bytes(props.space.used) })}</p>}
      submit={t("common.save")}
      onClose={props.onClose}
      onSubmit={() => bytes !== undefined && save.mutate(bytes)}
      pending={save.isPending}
      incomplete={bytes === undefined}
      onIncomplete={() => setTried(true)}
      error={save.error}
    >
      <TextInput
        data-autofocus
        label={t("spaces.quota")}
        description={
          props.defaultQuota === null
            ? t("spaces.quota_hint")
            : t("spaces.quota_hint_default", { size: format.bytes(props.defaultQuota) })
        }
        inputMode="decimal"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={
          tried && bytes === undefined
            ? t("spaces.quota_invalid")
            : typeof bytes === "number" && bytes < props.space.used
              ? t("spaces.quota_below")
              : null
        }
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
