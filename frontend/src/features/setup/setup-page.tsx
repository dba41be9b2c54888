// The first administrator, made with the one-time link that the program prints when it starts.
import { Skeleton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { keys } from "@/api/queries";
import { AccountNames } from "@/components/account-names";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { Refusal, formClass } from "@/components/form";
import { LanguageChoice } from "@/components/language-choice";
import { NewPassword, isPasswordRefusal } from "@/components/new-password";
import { useTitle } from "@/components/page-head";
import { ErrorState } from "@/components/states";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { setupStateKey, useSetupState } from "@/lib/setup-state";
import { setUp } from "./api/set-up";

/** Wrong, expired and used links get one answer. */
function isLinkRefusal(error: unknown): boolean {
  return (
    error instanceof Problem &&
    (error.code === "link_invalid" || error.status === 404 || error.status === 410)
  );
}

export function SetupPage() {
  const { t } = useI18n();
  useTitle(t("setup.title"));
  const [token] = useState(() => window.location.hash.slice(1));
  const state = useSetupState();
  const [refused, setRefused] = useState(false);

  if (state.isError) {
    return (
      <Entry title={t("setup.title")}>
        <ErrorState error={state.error} onRetry={() => void state.refetch()} />
      </Entry>
    );
  }
  if (!state.data) {
    return (
      <Entry title={t("setup.title")}>
        <div className={formClass} aria-busy>
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} height={62} />
          ))}
        </div>
      </Entry>
    );
  }
  if (!state.data.open || token === "" || refused) {
    return (
      <Entry
        title={t("setup.invalid_title")}
        lead={state.data.open ? t("setup.invalid_text") : t("setup.done_text")}
      >
        {state.data.open ? null : (
          <p style={{ marginTop: 20 }}>
            <Link to="/sign-in">{t("setup.to_sign_in")}</Link>
          </p>
        )}
      </Entry>
    );
  }
  return <SetupForm token={token} onRefused={() => setRefused(true)} />;
}

function SetupForm(props: { token: string; onRefused: () => void }) {
  const { t, language } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const describe = useProblemText();
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  // Before the first try nothing is reproached: one is still typing.
  const [tried, setTried] = useState(false);

  const mutation = useMutation({
    mutationFn: () =>
      setUp(api, {
        token: props.token,
        name: name.trim(),
        display_name: displayName.trim(),
        password,
        language,
      }),
    onSuccess: async (me) => {
      queries.setQueryData(keys.me, me);
      queries.setQueryData(setupStateKey, { open: false });
      await navigate({ to: "/", replace: true });
    },
    onError: (error) => {
      if (isLinkRefusal(error)) props.onRefused();
    },
  });
  const problem = mutation.error instanceof Problem ? mutation.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const fieldShown = ["name", "display_name"].includes(problem?.field ?? "") || isPasswordRefusal(problem);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    mutation.mutate();
  };

  return (
    <Entry title={t("setup.account_title")} lead={t("setup.account_text")} ownLanguageChoice>
      <form className={formClass} onSubmit={submit}>
        <AccountNames
          name={name}
          displayName={displayName}
          onName={setName}
          onDisplayName={setDisplayName}
          nameError={at("name")}
          displayNameError={at("display_name")}
        />
        <NewPassword
          label={t("setup.password")}
          value={password}
          onChange={setPassword}
          names={[name, displayName]}
          tried={tried}
          error={problem}
        />
        <LanguageChoice />
        {problem && !fieldShown ? <Refusal error={problem} /> : null}
        <Button type="submit" kind="primary" size="wide" loading={mutation.isPending}>
          {t("setup.submit")}
        </Button>
      </form>
    </Entry>
  );
}
