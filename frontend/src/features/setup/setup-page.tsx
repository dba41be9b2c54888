// The first administrator, made with the one-time link that the program prints when it starts.
import { PasswordInput, SegmentedControl, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { keys } from "@/api/queries";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { fieldClasses } from "@/components/field";
import { segmentedClasses } from "@/components/segmented";
import { Refusal, formClass } from "@/components/form";
import { useTitle } from "@/components/page-head";
import { Bar } from "@/components/small";
import { ErrorState } from "@/components/states";
import { useI18n, type Language, type Translate } from "@/lib/i18n/i18n";
import { setLanguage } from "@/lib/i18n/language";
import { useProblemText } from "@/lib/problem-text";
import { setupStateKey, useSetupState } from "@/lib/setup-state";
import { setUp } from "./api/set-up";
import { passwordStrength, shortest, type Strength } from "./password-strength";
import css from "./setup.module.css";

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
  const strength = passwordStrength(password, [name, displayName, "carrel"]);

  const weak = tried && strength.state !== "good" && strength.state !== "empty";

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
  const fieldShown = ["name", "display_name", "password"].includes(problem?.field ?? "");

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    mutation.mutate();
  };

  return (
    <Entry title={t("setup.account_title")} lead={t("setup.account_text")} ownLanguageChoice>
      <form className={formClass} onSubmit={submit}>
        <TextInput
          label={t("setup.display_name")}
          description={t("setup.display_name_hint")}
          autoComplete="name"
          value={displayName}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
          required
          withAsterisk={false}
          autoFocus
          error={at("display_name")}
          classNames={fieldClasses}
        />
        <TextInput
          label={t("setup.name")}
          description={t("setup.name_hint")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          withAsterisk={false}
          error={at("name")}
          classNames={fieldClasses}
        />
        <div>
          <PasswordInput
            label={t("setup.password")}
            autoComplete="new-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            required
            withAsterisk={false}
            error={weak ? strengthText(t, strength) : at("password")}
            aria-invalid={weak || at("password") !== null || undefined}
            {...(weak ? {} : { "aria-describedby": "password-strength" })}
            visibilityToggleButtonProps={{ "aria-label": t("signin.show_password") }}
            classNames={fieldClasses}
          />
          <div className={css["strength"]} id="password-strength">
            <Bar
              part={strength.state === "good" ? shortest : Math.min(shortest - 1, [...password].length)}
              whole={shortest}
              label={t("setup.strength")}
              {...(weak ? { tone: "danger" as const } : {})}
            />
            <span aria-live="polite">{weak ? null : strengthText(t, strength)}</span>
          </div>
        </div>
        <fieldset className={css["language"]}>
          <legend>{t("shell.language")}</legend>
          <SegmentedControl
            classNames={segmentedClasses}
            fullWidth
            value={language}
            onChange={(value) => setLanguage(value as Language)}
            data={[
              { value: "en", label: "English" },
              { value: "de", label: "Deutsch" },
            ]}
          />
        </fieldset>
        {problem && !fieldShown ? <Refusal error={problem} /> : null}
        <Button type="submit" kind="primary" size="wide" loading={mutation.isPending}>
          {t("setup.submit")}
        </Button>
      </form>
    </Entry>
  );
}

function strengthText(t: Translate, strength: Strength): string {
  switch (strength.state) {
    case "empty":
      return t("setup.password_hint", { count: shortest });
    case "short":
      return t("setup.password_short", { count: strength.missing });
    case "repeats":
      return t("setup.password_repeats");
    case "contains_name":
      return t("setup.password_name");
    case "good":
      return t("setup.password_good", { count: strength.length });
  }
}
