// The new secret as a picture and as text, and the first code. Kept in this dialog only.
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { CodeField, codeLength, isCodeUsed } from "@/components/code-field";
import { CopyButton } from "@/components/copy-button";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { confirmTotp } from "../api/confirm-totp";
import css from "../account.module.css";

/** As an image the drawing runs no script and reaches no other address, whatever the server sent. */
export const svgAddress = (svg: string) => `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`;

/** In groups of four, as one types it. */
const inGroups = (secret: string) => secret.replaceAll(/(.{4})(?=.)/g, "$1 ");

export function TotpDialog(props: {
  secret: string;
  qr: string;
  onClose: () => void;
  onDone: () => Promise<void>;
}) {
  const { t } = useI18n();
  const api = useApi();
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const confirm = useMutation({
    mutationFn: (typed: string) => confirmTotp(api, typed),
    onSuccess: props.onDone,
    onError: (error) => {
      if (!isCodeUsed(error)) setCode("");
    },
  });
  return (
    <FormDialog
      title={t("security.totp_title")}
      text={<p>{t("security.totp_scan")}</p>}
      submit={t("security.totp_confirm")}
      onClose={props.onClose}
      onSubmit={() => confirm.mutate(code)}
      pending={confirm.isPending}
      incomplete={code.length < codeLength}
      onIncomplete={() => setTried(true)}
      error={isCodeUsed(confirm.error) ? null : confirm.error}
      size={440}
    >
      <img
        className={css["qr"]}
        src={svgAddress(props.qr)}
        alt={t("security.totp_qr")}
        width={200}
        height={200}
      />
      <div>
        <p className={css["sub"]}>{t("security.totp_secret")}</p>
        <div className={css["secret"]}>
          <code>{inGroups(props.secret)}</code>
          <CopyButton size="small" text={props.secret} />
        </div>
      </div>
      <CodeField value={code} onChange={setCode} error={confirm.error} tried={tried} autoFocus />
    </FormDialog>
  );
}
