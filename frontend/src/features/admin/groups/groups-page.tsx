// Groups: names for several people, so that spaces can be shared with all of them at once.
import { IconUsersGroup, IconUserPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import { Answer } from "@/components/answer";
import { ActionButton } from "@/components/button";
import { NameDialog } from "@/components/name-dialog";
import { EmptyState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { listGroups } from "../api/list-groups";
import { makeGroup } from "../api/make-group";
import { LinkRows } from "../link-rows";
import { adminKeys, useAdminChanged, useAdminQuery } from "../use-admin-query";
import { GroupPanel } from "./group-panel";

export function GroupsPage() {
  return (
    <Needs ability="manage_users">
      <AllGroups />
    </Needs>
  );
}

function AllGroups() {
  const { t } = useI18n();
  const api = useApi();
  const navigate = useNavigate({ from: "/admin/groups" });
  const { group: open } = useSearch({ from: "/shell/admin/groups" });
  const changed = useAdminChanged();
  const [making, setMaking] = useState(false);
  const groups = useAdminQuery(adminKeys.groups, (signal) => listGroups(api, signal));
  const action = useMemo<Action>(
    () => ({
      id: "admin.new-group",
      label: t("admin.new_group"),
      group: t("admin.groups"),
      icon: IconUserPlus,
      run: () => setMaking(true),
    }),
    [t],
  );
  useRegisterActions(useMemo(() => [action], [action]));
  const chosen = groups.data?.items.find((group) => group.id === open);
  const close = () => void navigate({ search: {}, replace: true });
  return (
    <AdminPage
      title={t("admin.groups")}
      heading={t("admin.groups_title")}
      text={t("admin.groups_text")}
      acts={<ActionButton action={action} kind="primary" />}
      side={chosen ? <GroupPanel key={chosen.id} group={chosen} onClose={close} /> : null}
    >
      <Answer to={groups}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={IconUsersGroup} title={t("admin.groups_none")} />
          ) : (
            <LinkRows label={t("admin.groups")}>
              {items.map((group) => (
                <li key={group.id}>
                  <Link
                    to="/admin/groups"
                    search={{ group: group.id }}
                    replace
                    className={css["row"]}
                    data-on={group.id === open || undefined}
                    aria-current={group.id === open || undefined}
                  >
                    <IconUsersGroup size={18} stroke={1.6} aria-hidden />
                    <span className={css["what"]}>
                      <b className="cut" title={visibleName(group.name)}>
                        {visibleName(group.name)}
                      </b>
                    </span>
                    <span className={css["end"]}>
                      <span className="num">{t("admin.members_n", { count: group.members })}</span>
                    </span>
                  </Link>
                </li>
              ))}
            </LinkRows>
          )
        }
      </Answer>
      {making ? (
        <NameDialog
          title={t("admin.new_group")}
          label={t("signin.name")}
          submit={t("admin.make_group")}
          onClose={() => setMaking(false)}
          save={async (name) => {
            const made = await makeGroup(api, name);
            await changed();
            void navigate({ search: { group: made.id }, replace: true });
          }}
        />
      ) : null}
    </AdminPage>
  );
}
