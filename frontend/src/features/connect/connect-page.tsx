// A program asks to be let in: what it is, from where it asks, and the word that lets it in.
import { Skeleton } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useApi } from "@/api/context";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/queries";
import { Button } from "@/components/button";
import { Entry } from "@/components/entry";
import { Refusal, formClass } from "@/components/form";
import { useTitle } from "@/components/page-head";
import { ErrorState } from "@/components/states";
import { useI18n } from "@/lib/i18n/i18n";
import { admitProgram } from "./api/admit-program";
import { lookAtProgram } from "./api/look-at-program";
import type { WaitingProgram } from "./api/model";

export function ConnectPage() {
  const { t } = useI18n();
  useTitle(t("connect.title"));
  const { programToken: token } = useParams({ strict: false });
  return <Connect token={token ?? ""} />;
}

/** `token`: the secret in the link that the program opened. */
export function Connect({ token }: { token: string }) {
  const { t } = useI18n();
  const api = useApi();
  const look = useQuery({
    queryKey: ["connect", token],
    queryFn: ({ signal }) => lookAtProgram(api, token, signal),
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const admit = useMutation({ mutationFn: () => admitProgram(api, token) });
  if (admit.isSuccess) {
    return <Entry title={t("connect.done_title")} lead={t("connect.done_text")} />;
  }
  if (look.isError && asProblem(look.error).status === 404) {
    return (
      <Entry title={t("connect.invalid_title")} lead={t("connect.invalid_text")}>
        <p style={{ marginTop: 20 }}>
          <Link to="/">{t("connect.to_files")}</Link>
        </p>
      </Entry>
    );
  }
  if (look.isError) {
    return (
      <Entry title={t("connect.title")}>
        <ErrorState error={look.error} onRetry={() => void look.refetch()} />
      </Entry>
    );
  }
  if (!look.data) {
    return (
      <Entry title={t("connect.title")}>
        <div className={formClass} aria-busy>
          <Skeleton height={62} />
        </div>
      </Entry>
    );
  }
  return <Question program={look.data} admit={admit} />;
}

function Question(props: {
  program: WaitingProgram;
  admit: { mutate: () => void; isPending: boolean; error: Error | null };
}) {
  const { t, format } = useI18n();
  const me = useMe();
  const { program, admit } = props;
  return (
    <Entry title={t("connect.title")} lead={t("connect.lead", { name: me.user.display_name })}>
      <div className={formClass}>
        <p>
          <strong>{program.client}</strong>
          <br />
          {program.address
            ? t("connect.asked_from", { address: program.address, time: format.dateTime(program.asked_at) })
            : t("connect.asked", { time: format.dateTime(program.asked_at) })}
        </p>
        <p>{t("connect.gets")}</p>
        <p>{t("connect.warning")}</p>
        <Refusal error={admit.error} />
        <Button kind="primary" size="wide" loading={admit.isPending} onClick={() => admit.mutate()}>
          {t("connect.admit")}
        </Button>
        <p>
          <Link to="/">{t("connect.refuse")}</Link>
        </p>
      </div>
    </Entry>
  );
}
