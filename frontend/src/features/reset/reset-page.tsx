// A new password by a one-time link. Second factors stay: the link alone lets nobody in.
import { Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { Refusal, formClass } from "@/components/form";
import { NewPassword, isPasswordRefusal } from "@/components/new-password";
import { useTitle } from "@/components/page-head";
import { ErrorState } from "@/components/states";
import { useI18n } from "@/lib/i18n/i18n";
import { acceptReset } from "./api/accept-reset";
import { lookAtReset } from "./api/look-at-reset";
import css from "./reset.module.css";

const isLinkRefusal = (error: unknown) => Boolean(error) && asProblem(error).code === "link_invalid";

export function ResetPage() {
  const { t } = useI18n();
  useTitle(t("reset.title"));
  const api = useApi();
  const [token] = useState(() => window.location.hash.slice(1));
  const look = useQuery({
    queryKey: ["reset", token],
    queryFn: ({ signal }) => lookAtReset(api, token, signal),
    enabled: token !== "",
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
  const [ended, setEnded] = useState<"done" | "invalid" | null>(null);
  if (ended === "done") return <End title={t("reset.done_title")} text={t("reset.done_text")} />;
  if (token === "" || ended === "invalid" || isLinkRefusal(look.error)) {
    return <End title={t("join.invalid_title")} text={t("reset.invalid_text")} />;
  }
  if (look.isError) {
    return (
      <Entry title={t("reset.title")}>
        <ErrorState error={look.error} onRetry={() => void look.refetch()} />
      </Entry>
    );
  }
  if (!look.data) {
    return (
      <Entry title={t("reset.title")}>
        <div className={formClass} aria-busy>
          <Skeleton height={62} />
        </div>
      </Entry>
    );
  }
  const { name, display_name: displayName } = look.data;
  return (
    <Entry title={t("reset.title_for", { name: displayName })} lead={t("reset.lead")}>
      <ResetForm token={token} names={[name, displayName]} onEnd={setEnded} />
    </Entry>
  );
}

function End({ title, text }: { title: string; text: string }) {
  const { t } = useI18n();
  return (
    <Entry title={title} lead={text}>
      <p className={css["away"]}>
        <Link to="/sign-in">{t("setup.to_sign_in")}</Link>
      </p>
    </Entry>
  );
}

function ResetForm(props: {
  token: string;
  names: readonly string[];
  onEnd: (how: "done" | "invalid") => void;
}) {
  const { t } = useI18n();
  const api = useApi();
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const accept = useMutation({
    mutationFn: () => acceptReset(api, props.token, password),
    onSuccess: () => props.onEnd("done"),
    onError: (error) => {
      if (isLinkRefusal(error)) props.onEnd("invalid");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    accept.mutate();
  };
  return (
    <form className={formClass} onSubmit={submit}>
      <NewPassword
        label={t("reset.password")}
        value={password}
        onChange={setPassword}
        names={props.names}
        tried={tried}
        error={accept.error}
        autoFocus
      />
      {isPasswordRefusal(accept.error) ? null : <Refusal error={accept.error} />}
      <Button type="submit" kind="primary" size="wide" loading={accept.isPending}>
        {t("reset.submit")}
      </Button>
    </form>
  );
}
