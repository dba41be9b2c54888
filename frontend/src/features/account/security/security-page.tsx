// How this account is protected: what one signs in with, and what helps when that is lost.
import { useSearch } from "@tanstack/react-router";
import { Problem } from "@/api/problem";
import { Answer } from "@/components/answer";
import { Refusal } from "@/components/form";
import { PageHead } from "@/components/page-head";
import { useI18n, type I18n } from "@/lib/i18n/i18n";
import type { Security } from "../api/model";
import css from "../account.module.css";
import { useSecurity } from "../use-security";
import { LinkedProviders } from "./linked-providers";
import { Passkeys } from "./passkeys";
import { PasswordSection } from "./password-section";
import { RecoveryCodesSection } from "./recovery-codes";
import { TotpSection } from "./totp-section";

/** The state in one sentence; what is missing follows from it. */
export function securitySentence({ t }: I18n, security: Security): string {
  if (security.passkeys.length > 0) return t("security.state_passkey", { count: security.passkeys.length });
  return security.totp ? t("security.state_totp") : t("security.state_none");
}

export function SecurityPage() {
  const i18n = useI18n();
  const { t } = i18n;
  const { problem } = useSearch({ from: "/shell/account/security" });
  const security = useSecurity();
  return (
    <>
      <PageHead
        title={t("account.security")}
        crumbs={[{ label: t("shell.account"), link: { to: "/account" } }, { label: t("account.security") }]}
      />
      {problem ? (
        <div className={css["said"]}>
          <Refusal error={new Problem({ code: problem, message: t("signin.failed"), status: 403 })} />
        </div>
      ) : null}
      <Answer to={security}>
        {(data) => (
          <>
            <h1>{securitySentence(i18n, data)}</h1>
            <Passkeys passkeys={data.passkeys} />
            <TotpSection totp={data.totp} />
            <RecoveryCodesSection
              codes={data.recovery_codes}
              hasFactor={data.passkeys.length > 0 || data.totp !== null}
            />
            <PasswordSection password={data.password} />
            <LinkedProviders linked={data.providers} />
          </>
        )}
      </Answer>
    </>
  );
}
