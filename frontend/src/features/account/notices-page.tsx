// What happened to the safety of this account. The person says when it was seen.
import { IconBell } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useApi } from "@/api/context";
import type { Me } from "@/api/model";
import { keys } from "@/api/queries";
import { Answer } from "@/components/answer";
import { Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { PageHead } from "@/components/page-head";
import { rowClasses } from "@/components/rows";
import { Tag, When } from "@/components/small";
import { EmptyState } from "@/components/states";
import { clientText } from "@/lib/client-text";
import { lookUp, useI18n, type I18n, type MessageKey } from "@/lib/i18n/i18n";
import css from "./account.module.css";
import { listNotices } from "./api/list-notices";
import { markNoticesSeen } from "./api/mark-notices-seen";
import type { SafetyNotice } from "./api/model";

const noticesKey = ["account", "notices"] as const;

function noticeText(i18n: I18n, kind: string): string {
  const key = `notices.${kind}`;
  return lookUp(i18n.language, key) === undefined ? kind : i18n.t(key as MessageKey);
}

export function NoticesPage() {
  const { t } = useI18n();
  const api = useApi();
  const queries = useQueryClient();
  const notices = useQuery({ queryKey: noticesKey, queryFn: ({ signal }) => listNotices(api, signal) });
  const seen = useMutation({
    mutationFn: () => markNoticesSeen(api),
    onSuccess: async () => {
      queries.setQueryData<Me>(keys.me, (data) => data && { ...data, notices: 0 });
      await queries.invalidateQueries({ queryKey: noticesKey });
    },
  });
  return (
    <>
      <PageHead
        title={t("account.notices")}
        crumbs={[{ label: t("shell.account"), link: { to: "/account" } }, { label: t("account.notices") }]}
      />
      <Answer to={notices}>
        {({ items }) => {
          const unseen = items.filter((notice) => !notice.seen).length;
          if (items.length === 0) return <EmptyState icon={IconBell} title={t("account.notices_none")} />;
          return (
            <>
              <h1>
                {unseen > 0 ? t("account.notices_unseen", { count: unseen }) : t("account.notices_all_seen")}
              </h1>
              <p className={css["sub"]}>
                {t("account.notices_text")} <Link to="/account/devices">{t("account.devices")}</Link>
              </p>
              {unseen > 0 ? (
                <div className={css["acts"]}>
                  <Button loading={seen.isPending} onClick={() => seen.mutate()}>
                    {t("account.mark_seen")}
                  </Button>
                </div>
              ) : null}
              <Refusal error={seen.error} />
              <section>
                <ul className={rowClasses.rows} aria-label={t("account.notices")}>
                  {items.map((notice) => (
                    <NoticeRow key={notice.id} notice={notice} />
                  ))}
                </ul>
              </section>
            </>
          );
        }}
      </Answer>
    </>
  );
}

function NoticeRow({ notice }: { notice: SafetyNotice }) {
  const i18n = useI18n();
  const where = [clientText(i18n, notice.client), notice.address].filter(Boolean).join(", ");
  return (
    <li className={css["row"]}>
      <span className={rowClasses.pic} data-on={notice.seen ? undefined : true}>
        <IconBell size={17} stroke={1.7} aria-hidden />
      </span>
      <div>
        <p className={css["name"]}>
          <b>{noticeText(i18n, notice.kind)}</b>
          {notice.seen ? null : <Tag tone="attention">{i18n.t("account.new")}</Tag>}
        </p>
        <small>
          <When time={notice.created_at} />
          {where ? `, ${where}` : null}
        </small>
      </div>
    </li>
  );
}
