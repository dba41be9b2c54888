// A new password by a one-time link. Second factors stay: the link alone lets nobody in.
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { Refusal, formClass } from "@/components/form";
import { NewPassword, isPasswordRefusal } from "@/components/new-password";
import { useTitle } from "@/components/page-head";
import { useI18n } from "@/lib/i18n/i18n";
import { acceptReset } from "./api/accept-reset";
import css from "./reset.module.css";

export function ResetPage() {
  const { t } = useI18n();
  useTitle(t("reset.title"));
  const api = useApi();
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const accept = useMutation({ mutationFn: () => acceptReset(api, token, password) });
  const invalid = token === "" || (accept.error !== null && asProblem(accept.error).code === "link_invalid");
  const toSignIn = (
    <p className={css["away"]}>
      <Link to="/sign-in">{t("setup.to_sign_in")}</Link>
    </p>
  );
  if (invalid) {
    return (
      <Entry title={t("join.invalid_title")} lead={t("reset.invalid_text")}>
        {toSignIn}
      </Entry>
    );
  }
  if (accept.isSuccess) {
    return (
      <Entry title={t("reset.done_title")} lead={t("reset.done_text")}>
        {toSignIn}
      </Entry>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    accept.mutate();
  };
  return (
    <Entry title={t("reset.title")} lead={t("reset.lead")}>
      <form className={formClass} onSubmit={submit}>
        <NewPassword
          label={t("reset.password")}
          value={password}
          onChange={setPassword}
          names={[]}
          tried={tried}
          error={accept.error}
          autoFocus
        />
        {isPasswordRefusal(accept.error) ? null : <Refusal error={accept.error} />}
        <Button type="submit" kind="primary" size="wide" loading={accept.isPending}>
          {t("reset.submit")}
        </Button>
      </form>
    </Entry>
  );
}
