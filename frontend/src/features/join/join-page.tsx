// An invitation, opened: who asks, what for, and the account that it makes.
import { Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { Problem, asProblem } from "@/api/problem";
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
import { roleText } from "@/lib/role-text";
import { useSignedIn } from "@/lib/session/finish";
import { acceptInvitation } from "./api/accept-invitation";
import { lookAtInvitation } from "./api/look-at-invitation";
import css from "./join.module.css";

/** Wrong, expired, withdrawn and used links get one answer. */
function isLinkRefusal(error: unknown): boolean {
  const problem = error === null || error === undefined ? null : asProblem(error);
  return (
    problem !== null && (problem.code === "link_invalid" || problem.status === 404 || problem.status === 410)
  );
}

export function JoinPage() {
  const i18n = useI18n();
  const { t, format } = i18n;
  useTitle(t("join.title"));
  const api = useApi();
  const [token] = useState(() => window.location.hash.slice(1));
  const [refused, setRefused] = useState(false);
  const look = useQuery({
    queryKey: ["join", token],
    queryFn: ({ signal }) => lookAtInvitation(api, token, signal),
    enabled: token !== "",
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  if (token === "" || refused || isLinkRefusal(look.error)) {
    return (
      <Entry title={t("join.invalid_title")} lead={t("join.invalid_text")}>
        <p className={css["away"]}>
          <Link to="/sign-in">{t("setup.to_sign_in")}</Link>
        </p>
      </Entry>
    );
  }
  if (look.isError) {
    return (
      <Entry title={t("join.title")}>
        <ErrorState error={look.error} onRetry={() => void look.refetch()} />
      </Entry>
    );
  }
  if (!look.data) {
    return (
      <Entry title={t("join.title")}>
        <div className={formClass} aria-busy>
          {[1, 2, 3].map((n) => (
            <Skeleton key={n} height={62} />
          ))}
        </div>
      </Entry>
    );
  }
  const { invited_by: by, note, roles, expires_at: until } = look.data;
  return (
    <Entry
      title={by ? t("join.title_by", { name: by }) : t("join.title")}
      lead={t("join.lead", {
        // The server gives the names only; those that come with the product are their own codes.
        roles: format.list(roles.map((name) => roleText(i18n, { code: name, name }))),
        until: format.dateTime(until),
      })}
      ownLanguageChoice
    >
      {note ? <blockquote className={css["note"]}>{note}</blockquote> : null}
      <JoinForm token={token} onRefused={() => setRefused(true)} />
    </Entry>
  );
}

function JoinForm(props: { token: string; onRefused: () => void }) {
  const { t, language } = useI18n();
  const api = useApi();
  const router = useRouter();
  const signedIn = useSignedIn();
  const describe = useProblemText();
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const accept = useMutation({
    mutationFn: () =>
      acceptInvitation(api, {
        token: props.token,
        name: name.trim(),
        display_name: displayName.trim(),
        language,
        password,
      }),
    onSuccess: (me) => {
      signedIn(me);
      router.history.replace("/");
    },
    onError: (error) => {
      if (isLinkRefusal(error)) props.onRefused();
    },
  });
  const problem = accept.error instanceof Problem ? accept.error : null;
  const field = problem?.field ?? (problem?.code === "name_taken" ? "name" : null);
  const at = (which: string) => (problem && field === which ? describe(problem) : null);
  const shown = field === "name" || field === "display_name" || isPasswordRefusal(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    accept.mutate();
  };
  return (
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
      {shown ? null : <Refusal error={accept.error} />}
      <Button type="submit" kind="primary" size="wide" loading={accept.isPending}>
        {t("join.submit")}
      </Button>
    </form>
  );
}
