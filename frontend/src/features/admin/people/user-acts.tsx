// What can be done about an account. Each says before what follows; what the server would refuse is not offered.
import {
  IconKey,
  IconLogout,
  IconShieldOff,
  IconTrash,
  IconUserCheck,
  IconUserOff,
} from "@tabler/icons-react";
import { Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { ActionButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { OnceDialog } from "@/components/once";
import type { Action } from "@/lib/actions/action";
import { useI18n, type MessageKey } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import css from "../admin.module.css";
import { activateUser } from "../api/activate-user";
import { deactivateUser } from "../api/deactivate-user";
import { deleteUser } from "../api/delete-user";
import { endUserSessions } from "../api/end-user-sessions";
import { makeResetLink } from "../api/make-reset-link";
import type { AdminUser } from "../api/model";
import { resetSecondFactors } from "../api/reset-second-factors";
import { PersonPicker } from "../person-picker";
import { useAdminChanged } from "../use-admin-query";

/** As the server asks for it. */
const shortestReason = 10;

type Act = "activate" | "deactivate" | "end_sessions" | "reset_password" | "reset_factors" | "delete";

export function UserActs({ user, onGone }: { user: AdminUser; onGone: () => void }) {
  const { t } = useI18n();
  const [open, setOpen] = useState<Act | null>(null);
  const person = user.kind === "person";
  const why = t("admin.why_above_you");
  const act = (id: Act, icon: Action["icon"], allowed: boolean, danger = false): Action => ({
    id: `admin.${id}`,
    label: t(`admin.${id}` as MessageKey),
    group: t("admin.people"),
    ...(icon ? { icon } : {}),
    danger,
    disabledReason: allowed ? null : why,
    run: () => setOpen(id),
  });
  const { abilities } = user;
  const actions = [
    ...(person
      ? [
          act("reset_password", IconKey, abilities.reset),
          act("reset_factors", IconShieldOff, abilities.reset),
        ]
      : []),
    act("end_sessions", IconLogout, abilities.edit),
    user.state === "active"
      ? act("deactivate", IconUserOff, abilities.deactivate, true)
      : act("activate", IconUserCheck, abilities.activate),
    act("delete", IconTrash, abilities.delete, true),
  ];
  return (
    <>
      <h3>{t("admin.acts")}</h3>
      <div className={css["panelActs"]}>
        {actions.map((action) => (
          <ActionButton
            key={action.id}
            action={action}
            size="small"
            kind={action.danger ? "danger" : "default"}
          />
        ))}
      </div>
      {open ? (
        <ActDialog key={open} act={open} user={user} onClose={() => setOpen(null)} onGone={onGone} />
      ) : null}
    </>
  );
}

function ActDialog(props: { act: Act; user: AdminUser; onClose: () => void; onGone: () => void }) {
  const { t, format } = useI18n();
  const api = useApi();
  const changed = useAdminChanged();
  const describe = useProblemText();
  const { act, user } = props;
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [heir, setHeir] = useState<AdminUser | null>(null);
  const run = useMutation({
    mutationFn: async () => {
      switch (act) {
        case "activate":
          return activateUser(api, user.id);
        case "deactivate":
          return deactivateUser(api, user.id);
        case "end_sessions":
          return endUserSessions(api, user.id);
        case "reset_factors":
          return resetSecondFactors(api, user.id, reason.trim());
        case "delete":
          return deleteUser(api, user.id, heir?.id ?? "");
        case "reset_password":
          return makeResetLink(api, user.id);
      }
    },
    gcTime: 0,
    onSuccess: (answer) => {
      void changed();
      if (answer) return;
      props.onClose();
      if (act === "delete") props.onGone();
    },
  });
  if (run.data) {
    return (
      <OnceDialog
        title={t("admin.link_title", { name: user.display_name })}
        text={t("admin.link_reset", { time: format.dateTime(run.data.expires_at) })}
        secret={run.data.link}
        onClose={props.onClose}
      />
    );
  }
  const problem = run.error instanceof Problem ? run.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const atField =
    (act === "reset_factors" && at("reason") !== null) || (act === "delete" && at("transfer_to") !== null);
  const short = shortestReason - [...reason.trim()].length;
  const missing = act === "reset_factors" ? short > 0 : act === "delete" ? heir === null : false;
  const name = user.display_name;
  return (
    <FormDialog
      title={t(`admin.${act}_title` as MessageKey, { name })}
      text={<p>{t(`admin.${act}_text` as MessageKey, { name })}</p>}
      submit={t(`admin.${act}` as MessageKey)}
      danger={["deactivate", "reset_factors", "delete"].includes(act)}
      onClose={props.onClose}
      onSubmit={() => run.mutate()}
      pending={run.isPending}
      incomplete={missing}
      onIncomplete={() => setTried(true)}
      error={atField ? null : run.error}
    >
      {act === "reset_factors" ? (
        <Textarea
          data-autofocus
          label={t("requests.reason")}
          description={t("admin.reason_hint")}
          error={tried && short > 0 ? t("requests.reason_short", { count: short }) : at("reason")}
          rows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          classNames={fieldClasses}
        />
      ) : act === "delete" ? (
        <PersonPicker
          label={t("admin.transfer_to")}
          chosen={heir?.id ?? null}
          onChoose={setHeir}
          without={[user.id]}
          error={tried && heir === null ? t("form.choose_somebody") : at("transfer_to")}
        />
      ) : undefined}
    </FormDialog>
  );
}
