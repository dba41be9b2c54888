import { PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { useRef, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { fieldClasses } from "@/components/field";
import { Refusal, formClass } from "@/components/form";
import { useTitle } from "@/components/page-head";
import { useI18n } from "@/lib/i18n/i18n";
import { setLanguage } from "@/lib/i18n/language";
import { useSetupState } from "@/lib/setup-state";
import { signIn } from "./api/sign-in";
import { safeNext } from "./safe-next";

export function SignInPage() {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ from: "/sign-in" });
  const setup = useSetupState();
  const password = useRef<HTMLInputElement>(null);
  useTitle(t("signin.title"));

  const mutation = useMutation({
    mutationFn: (form: { name: string; password: string }) => signIn(api, form.name, form.password),
    onSuccess: (me) => {
      queries.clear();
      queries.setQueryData(keys.me, me);
      setLanguage(me.user.language);
      router.history.push(safeNext(next));
    },
    onError: () => password.current?.select(),
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    mutation.mutate({ name: String(form.get("name")).trim(), password: String(form.get("password")) });
  };
  const refused = mutation.error !== null && asProblem(mutation.error).code === "credentials_invalid";

  if (setup.data?.open) {
    return <Entry title={t("signin.setup_open_title")} lead={t("signin.setup_open_text")} />;
  }
  return (
    <Entry title={t("signin.title")} lead={next && next !== "/" ? t("signin.lead_next") : t("signin.lead")}>
      <form className={formClass} onSubmit={submit}>
        <TextInput
          name="name"
          label={t("signin.name")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
          classNames={fieldClasses}
        />
        <PasswordInput
          ref={password}
          name="password"
          label={t("signin.password")}
          autoComplete="current-password"
          required
          withAsterisk={false}
          aria-invalid={refused}
          visibilityToggleButtonProps={{ "aria-label": t("signin.show_password") }}
          classNames={fieldClasses}
        />
        <Refusal error={mutation.error} />
        <Button type="submit" kind="primary" size="wide" loading={mutation.isPending}>
          {t("signin.submit")}
        </Button>
      </form>
    </Entry>
  );
}
