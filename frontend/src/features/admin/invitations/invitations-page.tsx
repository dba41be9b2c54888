// Invitations that are still open. The link itself is shown once, when it is made.
import { IconMailPlus, IconTicket } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import { Answer } from "@/components/answer";
import { ActionButton, Button } from "@/components/button";
import { Refusal } from "@/components/form";
import { Tag } from "@/components/small";
import { EmptyState } from "@/components/states";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { useI18n } from "@/lib/i18n/i18n";
import { roleText } from "@/lib/role-text";
import css from "../admin.module.css";
import { AdminPage, Needs } from "../admin-page";
import { listInvitations } from "../api/list-invitations";
import type { Invitation } from "../api/model";
import { withdrawInvitation } from "../api/withdraw-invitation";
import { adminKeys, useAdminChanged, useAdminQuery, useRoles } from "../use-admin-query";
import { NewInvitationDialog } from "./new-invitation-dialog";

export function InvitationsPage() {
  return (
    <Needs ability="manage_users">
      <OpenInvitations />
    </Needs>
  );
}

function OpenInvitations() {
  const { t } = useI18n();
  const api = useApi();
  const [making, setMaking] = useState(false);
  const invitations = useAdminQuery(adminKeys.invitations, (signal) => listInvitations(api, signal));
  const action = useMemo<Action>(
    () => ({
      id: "admin.invite",
      label: t("admin.invite"),
      group: t("admin.invitations"),
      icon: IconMailPlus,
      run: () => setMaking(true),
    }),
    [t],
  );
  useRegisterActions(useMemo(() => [action], [action]));
  return (
    <AdminPage
      title={t("admin.invitations")}
      heading={t("admin.invitations_title")}
      text={t("admin.invitations_text")}
      acts={<ActionButton action={action} kind="primary" />}
    >
      <Answer to={invitations}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon={IconTicket} title={t("admin.invitations_none")} />
          ) : (
            <ul className={css["rows"]} aria-label={t("admin.invitations")}>
              {items.map((invitation) => (
                <InvitationRow key={invitation.id} invitation={invitation} />
              ))}
            </ul>
          )
        }
      </Answer>
      {making ? <NewInvitationDialog onClose={() => setMaking(false)} /> : null}
    </AdminPage>
  );
}

function InvitationRow({ invitation }: { invitation: Invitation }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const api = useApi();
  const changed = useAdminChanged();
  const withdraw = useMutation({
    mutationFn: () => withdrawInvitation(api, invitation.id),
    onSuccess: changed,
  });
  const roles = useRoles();
  const given = roles.data?.items.filter((role) => invitation.role_ids.includes(role.id)) ?? [];
  const as = format.list(given.map((role) => roleText(i18n, role)));
  const name =
    invitation.email ?? (as ? t("admin.invitation_as", { roles: as }) : t("admin.invitation_open"));
  return (
    <li className={css["row"]}>
      <IconTicket size={18} stroke={1.6} aria-hidden />
      <span className={`${css["what"]} ${css["wrap"]}`}>
        <b className="cut">{name}</b>
        {invitation.note ? <small>{t("admin.invitation_note", { note: invitation.note })}</small> : null}
        <small>
          {t("admin.invitation_by", {
            name: invitation.created_by.display_name,
            time: format.dateTime(invitation.created_at),
          })}
        </small>
        {invitation.state === "open" ? (
          <small>{t("admin.invitation_until", { time: format.dateTime(invitation.expires_at) })}</small>
        ) : null}
        <Refusal error={withdraw.error} />
      </span>
      <span className={css["end"]}>
        {/* Without an address the roles are in the name. */}
        {invitation.email ? given.map((role) => <Tag key={role.id}>{roleText(i18n, role)}</Tag>) : null}
        {invitation.state === "open" ? (
          <Button
            size="small"
            loading={withdraw.isPending}
            aria-label={t("admin.withdraw_named", {
              name: [name, invitation.note].filter(Boolean).join(", "),
            })}
            onClick={() => withdraw.mutate()}
          >
            {t("requests.withdraw")}
          </Button>
        ) : (
          <Tag>{t(`admin.invitation_${invitation.state}`)}</Tag>
        )}
      </span>
    </li>
  );
}
