// One account: who it is, what it may do, how it is protected, and what can be done about it.
import { useApi } from "@/api/context";
import { Answer, RowsSkeleton } from "@/components/answer";
import { SidePanel } from "@/components/side-panel";
import { Tag, When } from "@/components/small";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import css from "../admin.module.css";
import type { AdminUser } from "../api/model";
import { readUser } from "../api/read-user";
import { adminKeys, useAdminQuery } from "../use-admin-query";
import { ServiceTokens } from "./service-tokens";
import { UserActs } from "./user-acts";
import { UserForm } from "./user-form";
import { stateTones } from "./user-row";

export function UserPanel(props: { id: string; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const user = useAdminQuery(adminKeys.user(props.id), (signal) => readUser(api, props.id, signal));
  return (
    <SidePanel title={user.data?.display_name ?? t("admin.people")} onClose={props.onClose}>
      <Answer to={user} skeleton={<RowsSkeleton count={4} />}>
        {(data) => <UserDetails user={data} onGone={props.onClose} />}
      </Answer>
    </SidePanel>
  );
}

function UserDetails({ user, onGone }: { user: AdminUser; onGone: () => void }) {
  const { t, format } = useI18n();
  return (
    <>
      <p className={css["tags"]}>
        <Tag tone={stateTones[user.state]}>{t(`admin.state_${user.state}` as MessageKey)}</Tag>
        <Tag tone={user.kind === "service" ? "info" : "plain"}>
          {t(`admin.kind_${user.kind}` as MessageKey)}
        </Tag>
      </p>
      <dl style={{ marginTop: 12 }}>
        <div>
          <dt>{t("signin.name")}</dt>
          <dd>{user.name}</dd>
        </div>
        {user.kind === "person" ? (
          <div>
            <dt>{t("admin.second_factor")}</dt>
            <dd>{t(`admin.factor_${user.second_factor}` as MessageKey)}</dd>
          </div>
        ) : null}
        <div>
          <dt>{t("admin.groups")}</dt>
          <dd>
            {user.groups.length > 0
              ? format.list(user.groups.map((group) => group.name))
              : t("admin.in_no_group")}
          </dd>
        </div>
        <div>
          <dt>{t("admin.last_seen")}</dt>
          <dd>{user.last_seen_at ? <When time={user.last_seen_at} /> : t("admin.never_seen")}</dd>
        </div>
        <div>
          <dt>{t("admin.created")}</dt>
          <dd>{format.date(user.created_at)}</dd>
        </div>
      </dl>
      {user.state === "deleted" ? null : (
        <>
          <UserForm key={JSON.stringify([user.display_name, user.email, user.roles])} user={user} />
          {user.kind === "service" ? <ServiceTokens user={user} /> : null}
          <UserActs user={user} onGone={onGone} />
        </>
      )}
    </>
  );
}
