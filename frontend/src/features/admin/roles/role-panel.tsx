import { IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Button } from "@/components/button";
import { FormDialog } from "@/components/form-dialog";
import { SidePanel } from "@/components/side-panel";
import { useI18n } from "@/lib/i18n/i18n";
import { roleText } from "@/lib/role-text";
import css from "../admin.module.css";
import { changeRole } from "../api/change-role";
import { deleteRole } from "../api/delete-role";
import type { Role, RoleDraft } from "../api/model";
import { useAdminChanged } from "../use-admin-query";
import { RoleForm } from "./role-form";

/** One role. Those of the product can only be made stricter or laxer about signing in. */
export function RolePanel({ role, onClose }: { role: Role; onClose: () => void }) {
  const i18n = useI18n();
  const { t } = i18n;
  const api = useApi();
  const changed = useAdminChanged();
  const [deleting, setDeleting] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteRole(api, role.id),
    onSuccess: async () => {
      onClose();
      await changed();
    },
  });
  const name = roleText(i18n, role);
  const { abilities } = role;
  const start: RoleDraft = {
    name: role.name,
    description: role.description ?? "",
    permissions: role.permissions,
    second_factor: role.second_factor,
    grace_hours: role.grace_hours,
  };
  const whole = abilities.edit && role.code === null;
  return (
    <SidePanel title={name} onClose={onClose}>
      <RoleForm
        key={JSON.stringify(start)}
        start={start}
        parts={whole ? "all" : abilities.set_policy ? "policy" : "none"}
        submit={t("common.save")}
        save={async (draft) => {
          const { second_factor, grace_hours } = draft;
          await changeRole(api, role.id, whole ? draft : { second_factor, grace_hours });
          await changed();
        }}
      />
      {abilities.delete ? (
        <div className={css["panelActs"]}>
          <Button
            size="small"
            kind="danger"
            icon={IconTrash}
            onClick={() => {
              remove.reset();
              setDeleting(true);
            }}
          >
            {t("admin.delete_role")}
          </Button>
        </div>
      ) : null}
      {deleting ? (
        <FormDialog
          title={t("admin.delete_role_title", { name })}
          text={<p>{t("admin.delete_role_text")}</p>}
          submit={t("admin.delete_role")}
          danger
          onClose={() => setDeleting(false)}
          onSubmit={() => remove.mutate()}
          pending={remove.isPending}
          error={remove.error}
        />
      ) : null}
    </SidePanel>
  );
}
