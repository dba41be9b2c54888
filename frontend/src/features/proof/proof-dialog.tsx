// "Confirm that it is you": by passkey, by code, or by password for those who have nothing else. Then the request that
// asked for it goes on.
import { PasswordInput } from "@mantine/core";
import { IconFingerprint } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { asProblem } from "@/api/problem";
import { keys } from "@/api/queries";
import { Answer, RowsSkeleton } from "@/components/answer";
import { Button } from "@/components/button";
import { CodeField, codeLength, isCodeUsed } from "@/components/code-field";
import { Dialog } from "@/components/dialog";
import { fieldClasses } from "@/components/field";
import { Refusal } from "@/components/form";
import { useI18n } from "@/lib/i18n/i18n";
import { onAskForProof, type ProofRequest } from "@/lib/session/proof-door";
import { askForPasskey, passkeysWork } from "@/lib/webauthn/webauthn";
import { confirmWithPassword } from "./api/confirm-with-password";
import { elevate } from "./api/elevate";
import { elevationPasskeyOptions } from "./api/elevation-passkey-options";
import { listFactors } from "./api/list-factors";
import css from "./proof.module.css";

/** The place where the question appears; one on the page. */
export function ProofDoor() {
  const [request, setRequest] = useState<ProofRequest | null>(null);
  useEffect(() => onAskForProof(setRequest), []);
  return request ? <ProofDialog request={request} /> : null;
}

function ProofDialog({ request }: { request: ProofRequest }) {
  const { t } = useI18n();
  const api = useApi();
  const factors = useQuery({
    queryKey: ["proof", "factors"],
    queryFn: ({ signal }) => listFactors(api, signal),
    staleTime: 0,
    gcTime: 0,
  });
  return (
    <Dialog title={t("proof.title")} onClose={request.cancel} size={420}>
      <p className={css["text"]}>
        {request.kind === "elevation" ? t("proof.text_elevation") : t("proof.text_confirmation")}
      </p>
      <Answer to={factors} skeleton={<RowsSkeleton count={1} />}>
        {({ passkeys, totp }) =>
          passkeys.length > 0 || totp ? (
            <FactorProof
              passkey={passkeys.length > 0 && passkeysWork()}
              code={totp !== null}
              onDone={request.done}
            />
          ) : request.kind === "confirmation" ? (
            <PasswordProof onDone={request.done} />
          ) : (
            <NoFactor onLeave={request.cancel} />
          )
        }
      </Answer>
    </Dialog>
  );
}

function FactorProof(props: { passkey: boolean; code: boolean; onDone: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const prove = useMutation({
    mutationFn: async (typed: string | null) =>
      typed === null
        ? elevate(api, {
            method: "passkey",
            credential: await askForPasskey((await elevationPasskeyOptions(api)).options),
          })
        : elevate(api, { method: "totp", code: typed }),
    onSuccess: () => {
      // The frame shows how long it lasts.
      void queries.invalidateQueries({ queryKey: keys.me });
      props.onDone();
    },
    onError: (error) => {
      if (!isCodeUsed(error)) setCode("");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (code.length === codeLength) prove.mutate(code);
  };
  return (
    <form className={css["form"]} onSubmit={submit}>
      {props.passkey ? (
        <Button
          kind="primary"
          size="wide"
          icon={IconFingerprint}
          loading={prove.isPending && prove.variables === null}
          onClick={() => prove.mutate(null)}
          autoFocus
        >
          {t("proof.with_passkey")}
        </Button>
      ) : null}
      {props.passkey && props.code ? <p className={css["or"]}>{t("proof.or")}</p> : null}
      {props.code ? (
        <>
          <CodeField
            value={code}
            onChange={setCode}
            onComplete={(typed) => prove.mutate(typed)}
            autoFocus={!props.passkey}
            error={prove.error}
            tried={tried}
          />
          <Button
            type="submit"
            kind={props.passkey ? "default" : "primary"}
            size="wide"
            loading={prove.isPending && prove.variables !== null}
          >
            {t("proof.confirm")}
          </Button>
        </>
      ) : null}
      <Refusal error={isCodeUsed(prove.error) ? null : prove.error} />
    </form>
  );
}

function PasswordProof(props: { onDone: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const confirm = useMutation({
    mutationFn: () => confirmWithPassword(api, password),
    onSuccess: props.onDone,
  });
  const wrong = confirm.error !== null && asProblem(confirm.error).code === "credentials_invalid";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (password !== "") confirm.mutate();
  };
  return (
    <form className={css["form"]} onSubmit={submit}>
      <PasswordInput
        // The answer that says what to show comes after the dialog took the focus.
        autoFocus
        label={t("signin.password")}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={tried && password === "" ? t("form.needed") : wrong ? t("proof.password_wrong") : null}
        visibilityToggleButtonProps={{ "aria-label": t("signin.show_password") }}
        classNames={fieldClasses}
      />
      <Refusal error={wrong ? null : confirm.error} />
      <Button type="submit" kind="primary" size="wide" loading={confirm.isPending}>
        {t("proof.confirm")}
      </Button>
    </form>
  );
}

/** Some things are only done with a second factor, and there is none. */
function NoFactor(props: { onLeave: () => void }) {
  const { t } = useI18n();
  const navigate = useNavigate();
  return (
    <div className={css["form"]}>
      <p className={css["missing"]}>{t("problems.second_factor_missing")}</p>
      <Button
        kind="primary"
        size="wide"
        autoFocus
        onClick={() => {
          props.onLeave();
          void navigate({ to: "/account/security" });
        }}
      >
        {t("proof.to_security")}
      </Button>
    </div>
  );
}
