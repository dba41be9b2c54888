// Who belongs to a space and as what; managers change it here.
import { NativeSelect } from "@mantine/core";
import { IconUserPlus, IconX } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useApi } from "@/api/context";
import type { Space } from "@/api/model";
import { Answer } from "@/components/answer";
import { Button, IconButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { Refusal } from "@/components/form";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { visibleName } from "@/lib/visible-name";
import { listMembers } from "./api/list-members";
import { roles, type Candidate, type Member, type Role } from "./api/model";
import { removeMember } from "./api/remove-member";
import { setMember } from "./api/set-member";
import { PeoplePicker, Who } from "./people-picker";
import { roleKey } from "./role-key";
import { membersKey, useSpacesChanged } from "./use-spaces-changed";
import css from "./spaces.module.css";

export function Members({ space }: { space: Space }) {
  const { t } = useI18n();
  const api = useApi();
  const changed = useSpacesChanged();
  const [adding, setAdding] = useState(false);
  const members = useQuery({
    queryKey: membersKey(space.id),
    queryFn: ({ signal }) => listMembers(api, space.id, signal),
  });
  const change = useMutation({
    mutationFn: (work: () => Promise<void>) => work(),
    // Also after a refusal: somebody else may have changed it meanwhile.
    onSettled: changed,
  });
  const known = useMemo(() => new Set(members.data?.items.map((member) => member.id)), [members.data]);
  return (
    <section aria-label={t("admin.members")}>
      <h3>{t("admin.members")}</h3>
      <Refusal error={change.error} />
      <Answer to={members}>
        {({ items }) => (
          <ul className={css["members"]} aria-label={t("admin.members")}>
            {items.map((member) => (
              <MemberRow
                key={`${member.kind}-${member.id}`}
                member={member}
                onRole={(role) => change.mutate(() => setMember(api, space.id, member, role))}
                onRemove={() => change.mutate(() => removeMember(api, space.id, member))}
              />
            ))}
          </ul>
        )}
      </Answer>
      {space.abilities.manage ? (
        <Button size="small" icon={IconUserPlus} onClick={() => setAdding(true)}>
          {t("spaces.add_member")}
        </Button>
      ) : null}
      {adding ? <AddMember space={space} known={known} onClose={() => setAdding(false)} /> : null}
    </section>
  );
}

function MemberRow(props: { member: Member; onRole: (role: Role) => void; onRemove: () => void }) {
  const { t } = useI18n();
  const { member } = props;
  const name = visibleName(member.display_name ?? member.name);
  return (
    <li className={css["member"]}>
      <Who who={member} />
      {member.abilities.change ? (
        <NativeSelect
          aria-label={t("spaces.role_of", { name })}
          value={member.role}
          onChange={(event) => {
            const role = roles.find((each) => each === event.currentTarget.value);
            if (role) props.onRole(role);
          }}
          data={roles.map((role) => ({ value: role, label: t(roleKey(role)) }))}
          classNames={{ ...fieldClasses, root: css["choice"] ?? "" }}
        />
      ) : (
        <span className={css["fixed"]}>{t(roleKey(member.role))}</span>
      )}
      {member.abilities.remove ? (
        <IconButton small icon={IconX} label={t("admin.remove_member", { name })} onClick={props.onRemove} />
      ) : (
        <span />
      )}
    </li>
  );
}

function AddMember(props: { space: Space; known: ReadonlySet<string>; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const changed = useSpacesChanged();
  const [chosen, setChosen] = useState<Candidate | null>(null);
  const [role, setRole] = useState<Role>("editor");
  const [tried, setTried] = useState(false);
  const add = useMutation({
    mutationFn: (who: Candidate) => setMember(api, props.space.id, who, role),
    onSuccess: async () => {
      props.onClose();
      await changed();
    },
  });
  return (
    <FormDialog
      title={t("spaces.add_member")}
      submit={t("spaces.add_member")}
      onClose={props.onClose}
      onSubmit={() => chosen && add.mutate(chosen)}
      pending={add.isPending}
      incomplete={chosen === null}
      onIncomplete={() => setTried(true)}
      error={add.error}
    >
      <PeoplePicker
        label={t("spaces.find")}
        kinds={["user", "group"]}
        chosen={chosen}
        onChoose={setChosen}
        without={props.known}
        error={tried && chosen === null ? t("form.choose_somebody") : null}
      />
      <NativeSelect
        label={t("spaces.role")}
        description={t(`spaces.role_${role}_text`)}
        value={role}
        onChange={(event) => {
          const next = roles.find((each) => each === event.currentTarget.value);
          if (next) setRole(next);
        }}
        data={roles.map((each) => ({ value: each, label: t(roleKey(each)) }))}
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
