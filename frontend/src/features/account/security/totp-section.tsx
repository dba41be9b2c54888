// The authenticator app: set up with a picture or a text, and it counts once its first code was right.
import { IconDeviceMobile, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Button } from "@/components/button";
import { FormDialog } from "@/components/form-dialog";
import { Refusal } from "@/components/form";
import { rowClasses } from "@/components/rows";
import { useI18n } from "@/lib/i18n/i18n";
import { makeTotp } from "../api/make-totp";
import type { Security } from "../api/model";
import { removeTotp } from "../api/remove-totp";
import css from "../account.module.css";
import { useSecurityChanged } from "../use-security";
import { TotpDialog } from "./totp-dialog";

export function TotpSection(props: { totp: Security["totp"] }) {
  const { t, format } = useI18n();
  const api = useApi();
  const changed = useSecurityChanged();
  const [removing, setRemoving] = useState(false);
  const make = useMutation({ mutationFn: () => makeTotp(api), gcTime: 0 });
  const remove = useMutation({
    mutationFn: () => removeTotp(api),
    onSuccess: async () => {
      setRemoving(false);
      await changed();
    },
  });
  return (
    <section aria-labelledby="totp">
      <h2 id="totp">{t("security.totp")}</h2>
      <p className={css["sub"]}>{t("security.totp_text")}</p>
      {props.totp ? (
        <ul className={rowClasses.rows}>
          <li className={css["row"]}>
            <span className={rowClasses.pic} data-on>
              <IconDeviceMobile size={17} stroke={1.7} aria-hidden />
            </span>
            <div>
              <b>{t("security.totp_on")}</b>
              <small>{t("security.since", { time: format.date(props.totp.created_at) })}</small>
            </div>
            <span className={css["rowActs"]}>
              <Button
                kind="quiet"
                icon={IconTrash}
                onClick={() => {
                  remove.reset();
                  setRemoving(true);
                }}
              >
                {t("security.remove")}
              </Button>
            </span>
          </li>
        </ul>
      ) : (
        <div className={css["acts"]}>
          <Button icon={IconPlus} loading={make.isPending} onClick={() => make.mutate()}>
            {t("security.set_up_totp")}
          </Button>
        </div>
      )}
      <Refusal error={make.error} />
      {make.data && !props.totp ? (
        <TotpDialog
          secret={make.data.secret}
          qr={make.data.qr}
          onClose={() => make.reset()}
          onDone={async () => {
            make.reset();
            await changed();
          }}
        />
      ) : null}
      {removing ? (
        <FormDialog
          title={t("security.remove_totp_title")}
          text={<p>{t("security.remove_totp_text")}</p>}
          submit={t("security.remove_totp")}
          danger
          onClose={() => setRemoving(false)}
          onSubmit={() => remove.mutate()}
          pending={remove.isPending}
          error={remove.error}
        />
      ) : null}
    </section>
  );
}
