// Who it is: by passkey, by name and password, or by another service.
import { PasswordInput, TextInput } from "@mantine/core";
import { IconFingerprint, IconExternalLink } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import type { Me } from "@/api/model";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Check } from "@/components/check";
import { fieldClasses } from "@/components/field";
import { Refusal, formClass, useWait } from "@/components/form";
import { useI18n } from "@/lib/i18n/i18n";
import { askForPasskey, passkeysWork, stopOffering } from "@/lib/webauthn/webauthn";
import { beginProvider } from "./api/begin-provider";
import type { Method } from "./api/model";
import { passkeyOptions } from "./api/passkey-options";
import { signIn } from "./api/sign-in";
import { signInWithPasskey } from "./api/sign-in-with-passkey";
import { usePasskeyAutofill } from "./use-passkey-autofill";
import css from "./sign-in.module.css";

export function FirstStep(props: {
  passkeys: boolean;
  providers: readonly { id: string; name: string }[];
  /** Where another service is to lead back to. */
  next: string;
  onDone: (me: Me) => void;
  onSecond: (methods: readonly Method[]) => void;
}) {
  const { t } = useI18n();
  const api = useApi();
  const { onDone, onSecond } = props;
  const password = useRef<HTMLInputElement>(null);
  const [stay, setStay] = useState(false);
  const withPasskeys = props.passkeys && passkeysWork();

  const byPassword = useMutation({
    mutationFn: (form: { name: string; password: string }) => signIn(api, { ...form, stay }),
    onMutate: stopOffering,
    onSuccess: (answer) => ("me" in answer ? onDone(answer.me) : onSecond(answer.methods)),
    onError: () => password.current?.select(),
  });
  const byPasskey = useMutation({
    mutationFn: async (offered: unknown) =>
      signInWithPasskey(api, offered ?? (await askForPasskey((await passkeyOptions(api)).options)), stay),
    onSuccess: onDone,
  });
  const byProvider = useMutation({
    mutationFn: (id: string) => beginProvider(api, id, props.next),
    onSuccess: ({ url }) => window.location.assign(url),
  });
  usePasskeyAutofill(withPasskeys, byPasskey.mutate);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    byPasskey.reset();
    byPassword.mutate({ name: String(form.get("name")).trim(), password: String(form.get("password")) });
  };
  const wait = useWait(byPassword.error);
  const refused = byPassword.error !== null && asProblem(byPassword.error).code === "credentials_invalid";
  const others = byPasskey.error ?? byProvider.error;
  return (
    <form className={formClass} onSubmit={submit}>
      {withPasskeys || props.providers.length > 0 ? (
        <>
          {withPasskeys ? (
            <Button
              size="wide"
              icon={IconFingerprint}
              loading={byPasskey.isPending}
              onClick={() => {
                byPassword.reset();
                byPasskey.mutate(undefined);
              }}
            >
              {t("signin.with_passkey")}
            </Button>
          ) : null}
          {props.providers.map(({ id, name }) => (
            <Button
              key={id}
              size="wide"
              icon={IconExternalLink}
              loading={byProvider.isPending && byProvider.variables === id}
              onClick={() => byProvider.mutate(id)}
            >
              {t("signin.with_provider", { name })}
            </Button>
          ))}
          <Refusal error={others} />
          <p className={css["or"]}>{t("signin.or_password")}</p>
        </>
      ) : null}
      <TextInput
        name="name"
        label={t("signin.name")}
        // The last word lets the browser offer passkeys here.
        autoComplete="username webauthn"
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
      <Check label={t("signin.stay")} hint={t("signin.stay_hint")} checked={stay} onChange={setStay} />
      <Refusal error={byPassword.error} />
      <Button type="submit" kind="primary" size="wide" loading={byPassword.isPending} disabled={wait > 0}>
        {t("signin.submit")}
      </Button>
    </form>
  );
}
