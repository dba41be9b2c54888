// One group: who is in it, and what can be done with it.
import { IconPencil, IconTrash, IconUserPlus, IconX } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Answer } from "@/components/answer";
import { Button, IconButton } from "@/components/button";
import { FormDialog } from "@/components/form-dialog";
import { Refusal } from "@/components/form";
import { NameDialog } from "@/components/name-dialog";
import { SidePanel } from "@/components/side-panel";
import { Avatar } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import css from "../admin.module.css";
import { addMember } from "../api/add-member";
import { deleteGroup } from "../api/delete-group";
import { listMembers } from "../api/list-members";
import type { AdminUser, Group } from "../api/model";
import { removeMember } from "../api/remove-member";
import { renameGroup } from "../api/rename-group";
import { PersonPicker } from "../person-picker";
import { adminKeys, useAdminChanged, useAdminQuery } from "../use-admin-query";

export function GroupPanel({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const changed = useAdminChanged();
  const [open, setOpen] = useState<"add" | "rename" | "delete" | null>(null);
  const [chosen, setChosen] = useState<AdminUser | null>(null);
  const [tried, setTried] = useState(false);
  const close = () => setOpen(null);
  const members = useAdminQuery(adminKeys.members(group.id), (signal) => listMembers(api, group.id, signal));
  const add = useMutation({
    mutationFn: (userId: string) => addMember(api, group.id, userId),
    onSuccess: async () => {
      close();
      await changed();
    },
  });
  const remove = useMutation({
    mutationFn: (userId: string) => removeMember(api, group.id, userId),
    onSuccess: changed,
  });
  const removeGroup = useMutation({
    mutationFn: () => deleteGroup(api, group.id),
    onSuccess: async () => {
      onClose();
      await changed();
    },
  });
  const name = visibleName(group.name);
  return (
    <SidePanel title={name} onClose={onClose}>
      <div className={css["panelActs"]}>
        <Button
          size="small"
          icon={IconUserPlus}
          onClick={() => {
            add.reset();
            setChosen(null);
            setTried(false);
            setOpen("add");
          }}
        >
          {t("admin.add_member")}
        </Button>
        <Button size="small" icon={IconPencil} onClick={() => setOpen("rename")}>
          {t("security.rename")}
        </Button>
        <Button size="small" kind="danger" icon={IconTrash} onClick={() => setOpen("delete")}>
          {t("admin.delete")}
        </Button>
      </div>
      <h3>{t("admin.members")}</h3>
      <Refusal error={remove.error} />
      <Answer to={members}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={css["hint"]}>{t("admin.members_none")}</p>
          ) : (
            <ul className={css["rows"]} aria-label={t("admin.members")}>
              {items.map((member) => (
                <li key={member.id} className={css["row"]}>
                  <Avatar id={member.id} name={member.display_name} size={26} />
                  <span className={css["what"]}>
                    <b className="cut">{member.display_name}</b>
                    <small className="cut">{member.name}</small>
                  </span>
                  <IconButton
                    small
                    icon={IconX}
                    label={t("admin.remove_member", { name: member.display_name })}
                    onClick={() => remove.mutate(member.id)}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {open === "add" ? (
        <FormDialog
          title={t("admin.add_member")}
          submit={t("admin.add_member")}
          onClose={close}
          onSubmit={() => chosen && add.mutate(chosen.id)}
          pending={add.isPending}
          incomplete={chosen === null}
          onIncomplete={() => setTried(true)}
          error={add.error}
        >
          <PersonPicker
            label={t("admin.find_person")}
            chosen={chosen?.id ?? null}
            error={tried && chosen === null ? t("form.choose_somebody") : null}
            onChoose={setChosen}
            without={members.data?.items.map((member) => member.id) ?? []}
          />
        </FormDialog>
      ) : null}
      {open === "rename" ? (
        <NameDialog
          title={t("admin.rename_group")}
          label={t("signin.name")}
          submit={t("common.save")}
          initial={group.name}
          onClose={close}
          save={async (next) => {
            await renameGroup(api, group.id, next);
            await changed();
          }}
        />
      ) : null}
      {open === "delete" ? (
        <FormDialog
          title={t("admin.delete_group_title", { name })}
          text={<p>{t("admin.delete_group_text")}</p>}
          submit={t("admin.delete_group")}
          danger
          onClose={close}
          onSubmit={() => removeGroup.mutate()}
          pending={removeGroup.isPending}
          error={removeGroup.error}
        />
      ) : null}
    </SidePanel>
  );
}
