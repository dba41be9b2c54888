// Where this account is signed in. Each session can be ended from here.
import { IconDeviceDesktop, IconDeviceMobile } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Answer } from "@/components/answer";
import { Button } from "@/components/button";
import { FormDialog } from "@/components/form-dialog";
import { Refusal } from "@/components/form";
import { PageHead } from "@/components/page-head";
import { rowClasses } from "@/components/rows";
import { Tag, When } from "@/components/small";
import { clientText } from "@/lib/client-text";
import { lookUp, useI18n, type I18n, type MessageKey } from "@/lib/i18n/i18n";
import css from "./account.module.css";
import { endOtherSessions } from "./api/end-other-sessions";
import { endSession } from "./api/end-session";
import { listSessions } from "./api/list-sessions";
import type { Session } from "./api/model";

const sessionsKey = ["account", "sessions"] as const;
const isPhone = (client: string | null) => /iPhone|Android|Mobile/.test(client ?? "");

/** How it was signed in with: what this version has no word for is left out. */
function signedInWith(i18n: I18n, session: Session): string | null {
  const words = [`account.method_${session.method}`, `account.factor_${session.factor}`]
    .filter((key) => lookUp(i18n.language, key) !== undefined)
    .map((key) => i18n.t(key as MessageKey));
  return words.length > 0 ? i18n.format.list([...new Set(words)]) : null;
}

export function DevicesPage() {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const sessions = useQuery({
    queryKey: sessionsKey,
    queryFn: ({ signal }) => listSessions(api, signal),
  });
  const [asking, setAsking] = useState(false);
  const others = useMutation({
    mutationFn: () => endOtherSessions(api),
    onSuccess: async () => {
      setAsking(false);
      await queries.invalidateQueries({ queryKey: sessionsKey });
    },
  });
  return (
    <>
      <PageHead
        title={t("account.devices")}
        crumbs={[{ label: t("shell.account"), link: { to: "/account" } }, { label: t("account.devices") }]}
      />
      <Answer to={sessions}>
        {({ items }) => (
          <>
            <h1>{t("account.devices_state", { count: items.length })}</h1>
            <p className={css["sub"]}>{t("account.devices_text")}</p>
            <section>
              <ul className={rowClasses.rows} aria-label={t("account.devices")}>
                {[...items]
                  .sort((a, b) => Number(b.current) - Number(a.current))
                  .map((session) => (
                    <SessionRow key={session.id} session={session} />
                  ))}
              </ul>
              {items.length > 1 ? (
                <div className={css["acts"]}>
                  <Button kind="danger" onClick={() => setAsking(true)}>
                    {t("account.end_others")}
                  </Button>
                </div>
              ) : null}
            </section>
          </>
        )}
      </Answer>
      {asking ? (
        <FormDialog
          title={t("account.end_others_title")}
          text={<p>{t("account.end_others_text")}</p>}
          submit={t("account.end_others")}
          danger
          onClose={() => setAsking(false)}
          onSubmit={() => others.mutate()}
          pending={others.isPending}
          error={others.error}
        />
      ) : null}
    </>
  );
}

function SessionRow({ session }: { session: Session }) {
  const i18n = useI18n();
  const { t } = i18n;
  const api = useApi();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => endSession(api, session.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  });
  const Glyph = isPhone(session.client) ? IconDeviceMobile : IconDeviceDesktop;
  const name = clientText(i18n, session.client) ?? t("account.unknown_client");
  const how = signedInWith(i18n, session);
  return (
    <li className={css["row"]}>
      <span className={rowClasses.pic} data-on={session.current || undefined}>
        <Glyph size={17} stroke={1.7} aria-hidden />
      </span>
      <div>
        <p className={css["name"]}>
          <b title={session.client ?? undefined}>{name}</b>
          {session.current ? <Tag tone="good">{t("account.this_device")}</Tag> : null}
          {session.stay ? <Tag>{t("account.stays")}</Tag> : null}
        </p>
        <small>
          {session.address ? `${session.address}, ` : null}
          {t("account.last_seen")} <When time={session.last_seen_at} />
        </small>
        <small>
          {t("account.signed_in")} <When time={session.created_at} />
          {how ? `, ${how}` : null}
        </small>
        <Refusal error={end.error} />
      </div>
      {session.current ? null : (
        <span className={css["rowActs"]}>
          <Button
            size="small"
            loading={end.isPending}
            aria-label={t("account.end_named", { name })}
            onClick={() => end.mutate()}
          >
            {t("account.end")}
          </Button>
        </span>
      )}
    </li>
  );
}
