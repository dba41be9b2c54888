// Recovery codes: each lets one in once when everything else is lost. Shown once, then only counted.
import { IconDownload, IconRefresh } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { FormDialog } from "@/components/form-dialog";
import { OnceDialog } from "@/components/once";
import { Refusal } from "@/components/form";
import { useI18n } from "@/lib/i18n/i18n";
import { saveText } from "@/lib/save-text";
import { makeRecoveryCodes } from "../api/make-recovery-codes";
import type { Security } from "../api/model";
import css from "../account.module.css";
import { useSecurityChanged } from "../use-security";

const few = 3;

export function RecoveryCodesSection(props: { codes: Security["recovery_codes"]; hasFactor: boolean }) {
  const { t } = useI18n();
  const api = useApi();
  const me = useMe();
  const changed = useSecurityChanged();
  const [asking, setAsking] = useState(false);
  const { left } = props.codes;
  const created = props.codes.created ?? left > 0;
  const make = useMutation({
    mutationFn: () => makeRecoveryCodes(api),
    // Not even the memory of the page keeps them.
    gcTime: 0,
    onSuccess: async () => {
      setAsking(false);
      await changed();
    },
  });
  const codes = make.data?.codes;
  const text = codes?.join("\n") ?? "";
  return (
    <section aria-labelledby="recovery">
      <h2 id="recovery">{t("security.recovery")}</h2>
      <p className={css["sub"]}>
        {created ? t("security.recovery_left", { count: left }) : t("security.recovery_none")}
      </p>
      {created && left <= few ? <p className={css["warning"]}>{t("security.recovery_few")}</p> : null}
      <div className={css["acts"]}>
        <Button
          icon={IconRefresh}
          loading={make.isPending && !asking}
          disabled={!props.hasFactor}
          onClick={() => {
            make.reset();
            if (created) setAsking(true);
            else make.mutate();
          }}
        >
          {created ? t("security.recovery_renew") : t("security.recovery_make")}
        </Button>
      </div>
      {props.hasFactor ? null : <p className={css["sub"]}>{t("security.recovery_later")}</p>}
      <Refusal error={asking ? null : make.error} />
      {asking ? (
        <FormDialog
          title={t("security.recovery_renew_title")}
          text={<p>{t("security.recovery_renew_text")}</p>}
          submit={t("security.recovery_renew")}
          onClose={() => setAsking(false)}
          onSubmit={() => make.mutate()}
          pending={make.isPending}
          error={make.error}
        />
      ) : null}
      {codes ? (
        <OnceDialog
          title={t("security.recovery")}
          text={t("security.recovery_text")}
          secret={text}
          lines={codes}
          extra={
            <Button
              icon={IconDownload}
              onClick={() =>
                saveText(
                  "carrel-recovery-codes.txt",
                  `Carrel, ${window.location.host}, ${me.user.name}\n\n${text}\n`,
                )
              }
            >
              {t("security.recovery_download")}
            </Button>
          }
          onClose={() => make.reset()}
        />
      ) : null}
    </section>
  );
}
