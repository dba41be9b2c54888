// After the password: a passkey, the code of an app, or a recovery code. One way is shown, the others are a click away.
import { TextInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import type { Me } from "@/api/model";
import { asProblem, type Problem } from "@/api/problem";
import { Button } from "@/components/button";
import { CodeField, codeLength, isCodeUsed } from "@/components/code-field";
import { Entry } from "@/components/entry";
import { fieldClasses } from "@/components/field";
import { Refusal, formClass, useWait } from "@/components/form";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { askForPasskey, passkeysWork } from "@/lib/webauthn/webauthn";
import type { Method, SecondFactorProof } from "./api/model";
import { proveSecondFactor } from "./api/prove-second-factor";
import { secondFactorPasskeyOptions } from "./api/second-factor-passkey-options";
import css from "./sign-in.module.css";

export function SecondStep(props: {
  methods: readonly Method[];
  onDone: (me: Me) => void;
  /** Back to the beginning; with the reason when the server asks for it. */
  onBack: (why: Problem | null) => void;
}) {
  const { t } = useI18n();
  const api = useApi();
  const usable = props.methods.filter((method) => method !== "passkey" || passkeysWork());
  const [method, setMethod] = useState<Method | undefined>(usable[0]);
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const prove = useMutation({
    mutationFn: async (typed: string) => {
      const proof: SecondFactorProof =
        method === "passkey"
          ? { method, credential: await askForPasskey((await secondFactorPasskeyOptions(api)).options) }
          : { method: method ?? "totp", code: typed };
      return proveSecondFactor(api, proof);
    },
    onSuccess: props.onDone,
    onError: (error) => {
      const problem = asProblem(error);
      // The password counts for ten minutes.
      if (problem.code === "sign_in_expired") props.onBack(problem);
      else if (method === "totp" && !isCodeUsed(error)) setCode("");
    },
  });
  const wait = useWait(prove.error);
  const ready = method === "passkey" || (method === "totp" ? code.length === codeLength : code.trim() !== "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ready && wait === 0) prove.mutate(code.trim());
  };
  const others = usable.filter((each) => each !== method);
  return (
    <Entry
      title={t("signin.second_title")}
      lead={method ? t(`signin.second_${method}` as MessageKey) : t("signin.second_none")}
    >
      <form className={formClass} onSubmit={submit}>
        {method === "totp" ? (
          <CodeField
            key="totp"
            autoFocus
            value={code}
            onChange={setCode}
            onComplete={(typed) => prove.mutate(typed)}
            error={prove.error}
            tried={tried}
          />
        ) : method === "recovery_code" ? (
          <TextInput
            key="recovery"
            autoFocus
            label={t("signin.recovery_code")}
            description={t("signin.recovery_hint")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={tried && code.trim() === "" && !prove.isError ? t("form.needed") : null}
            aria-invalid={prove.isError || (tried && code.trim() === "")}
            classNames={{ ...fieldClasses, input: `${fieldClasses.input} mono` }}
          />
        ) : null}
        <Refusal error={method === "totp" && isCodeUsed(prove.error) ? null : prove.error} />
        {method ? (
          <Button
            type="submit"
            kind="primary"
            size="wide"
            icon={method === "passkey" ? IconFingerprint : undefined}
            disabled={wait > 0}
            loading={prove.isPending}
            autoFocus={method === "passkey"}
          >
            {method === "passkey" ? t("signin.use_passkey") : t("signin.submit")}
          </Button>
        ) : null}
        <div className={css["others"]}>
          {others.map((each) => (
            <Button
              key={each}
              kind="quiet"
              onClick={() => {
                prove.reset();
                setCode("");
                setTried(false);
                setMethod(each);
              }}
            >
              {t(`signin.instead_${each}` as MessageKey)}
            </Button>
          ))}
          <Button kind="quiet" onClick={() => props.onBack(null)}>
            {t("signin.back")}
          </Button>
        </div>
      </form>
    </Entry>
  );
}
