// The only page of a session that may do nothing until there is a second factor. Once there is one, everything opens.
import { Navigate } from "@tanstack/react-router";
import { useMe } from "@/api/queries";
import { Answer } from "@/components/answer";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { useTitle } from "@/components/page-head";
import { useI18n } from "@/lib/i18n/i18n";
import { useSignOut } from "@/lib/sign-out";
import css from "./account.module.css";
import { Passkeys } from "./security/passkeys";
import { TotpSection } from "./security/totp-section";
import { useSecurity } from "./use-security";

export function EnrolmentPage() {
  const { t } = useI18n();
  useTitle(t("enrolment.title"));
  const { second_factor: factor } = useMe();
  const security = useSecurity();
  const signOut = useSignOut();
  if (!factor.limited) return <Navigate to={factor.missing ? "/account/security" : "/"} replace />;
  const what = factor.required === "passkey" ? t("enrolment.what_passkey") : t("enrolment.what_any");
  return (
    <Entry title={t("enrolment.title")} lead={t("enrolment.lead", { what })}>
      <div className={css["enrolment"]}>
        <Answer to={security}>
          {(data) => (
            <>
              <Passkeys passkeys={data.passkeys} />
              {factor.required === "passkey" ? null : <TotpSection totp={data.totp} />}
            </>
          )}
        </Answer>
        <div className={css["acts"]}>
          <Button kind="quiet" onClick={() => void signOut()}>
            {t("shell.sign_out")}
          </Button>
        </div>
      </div>
    </Entry>
  );
}
