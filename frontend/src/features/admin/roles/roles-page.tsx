// Roles: what each allows, and how whoever has it must sign in.
import { IconKey, IconPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import { Answer } from "@/components/answer";
import { ActionButton } from "@/components/button";
import { SidePanel } from "@/components/side-panel";
import { Tag } from "@/components/small";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { roleText } from "@/lib/role-text";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { makeRole } from "../api/make-role";
import { LinkRows } from "../link-rows";
import { useAdminChanged, useRoles } from "../use-admin-query";
import { RoleForm, emptyRole } from "./role-form";
import { RolePanel } from "./role-panel";

export function RolesPage() {
  return (
    <Needs ability="manage_roles">
      <AllRoles />
    </Needs>
  );
}

function AllRoles() {
  const i18n = useI18n();
  const { t } = i18n;
  const api = useApi();
  const navigate = useNavigate({ from: "/admin/roles" });
  const { role: open } = useSearch({ from: "/shell/admin/roles" });
  const changed = useAdminChanged();
  const [making, setMaking] = useState(false);
  const roles = useRoles();
  const action = useMemo<Action>(
    () => ({
      id: "admin.new-role",
      label: t("admin.new_role"),
      group: t("admin.roles"),
      icon: IconPlus,
      run: () => setMaking(true),
    }),
    [t],
  );
  useRegisterActions(useMemo(() => [action], [action]));
  const chosen = roles.data?.items.find((role) => role.id === open);
  const close = () => void navigate({ search: {}, replace: true });
  const side = making ? (
    <SidePanel title={t("admin.new_role")} onClose={() => setMaking(false)}>
      <RoleForm
        start={emptyRole}
        parts="all"
        submit={t("admin.make_role")}
        save={async (draft) => {
          const made = await makeRole(api, draft);
          setMaking(false);
          await changed();
          void navigate({ search: { role: made.id }, replace: true });
        }}
      />
    </SidePanel>
  ) : chosen ? (
    <RolePanel key={chosen.id} role={chosen} onClose={close} />
  ) : null;
  return (
    <AdminPage
      title={t("admin.roles")}
      heading={t("admin.roles_title")}
      text={t("admin.roles_text")}
      acts={<ActionButton action={action} kind="primary" />}
      side={side}
    >
      <Answer to={roles}>
        {({ items }) => (
          <LinkRows label={t("admin.roles")}>
            {items.map((role) => (
              <li key={role.id}>
                <Link
                  to="/admin/roles"
                  search={{ role: role.id }}
                  replace
                  onClick={() => setMaking(false)}
                  className={css["row"]}
                  data-on={(!making && role.id === open) || undefined}
                  aria-current={(!making && role.id === open) || undefined}
                >
                  <IconKey size={18} stroke={1.6} aria-hidden />
                  <span className={css["what"]}>
                    <b className="cut" title={roleText(i18n, role)}>
                      {roleText(i18n, role)}
                    </b>
                    <small className="cut">{role.description}</small>
                  </span>
                  <span className={css["end"]}>
                    <Tag>{t(`admin.rule_short_${role.second_factor}` as MessageKey)}</Tag>
                    <span className="num">{t("admin.members_n", { count: role.members })}</span>
                  </span>
                </Link>
              </li>
            ))}
          </LinkRows>
        )}
      </Answer>
    </AdminPage>
  );
}
