// Name, address and roles of an account. Roles that end by themselves are not chosen here.
import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { SaveButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { Refusal } from "@/components/form";
import { Tag } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { roleText } from "@/lib/role-text";
import css from "../admin.module.css";
import { changeUser } from "../api/change-user";
import type { AdminUser } from "../api/model";
import { RoleChecks } from "../role-checks";
import { useAdminChanged } from "../use-admin-query";

const sameMembers = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((each) => b.includes(each));

export function UserForm({ user }: { user: AdminUser }) {
  const i18n = useI18n();
  const { t, format } = i18n;
  const api = useApi();
  const describe = useProblemText();
  const changed = useAdminChanged();
  const lasting = user.roles.filter((role) => role.expires_at === null).map((role) => role.id);
  const passing = user.roles.filter((role) => role.expires_at !== null);
  const [tried, setTried] = useState(false);
  const [name, setName] = useState(user.display_name);
  const [email, setEmail] = useState(user.email ?? "");
  const [roles, setRoles] = useState<string[]>(lasting);
  const changes = {
    ...(name.trim() !== user.display_name ? { display_name: name.trim() } : {}),
    ...(email.trim() !== (user.email ?? "") ? { email: email.trim() } : {}),
    ...(sameMembers(roles, lasting) ? {} : { role_ids: roles }),
  };
  const dirty = Object.keys(changes).length > 0;
  const save = useMutation({ mutationFn: () => changeUser(api, user.id, changes), onSuccess: changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (dirty && name.trim() !== "") save.mutate();
  };
  const problem = save.error instanceof Problem ? save.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const locked = !user.abilities.edit;
  return (
    <form onSubmit={submit}>
      <h3>{t("account.profile")}</h3>
      <div className={css["pairs"]}>
        <TextInput
          label={t("setup.display_name")}
          value={name}
          disabled={locked}
          onChange={(event) => setName(event.currentTarget.value)}
          error={tried && name.trim() === "" ? t("form.needed") : at("display_name")}
          classNames={fieldClasses}
        />
        {user.kind === "person" ? (
          <TextInput
            type="email"
            label={t("account.email")}
            value={email}
            disabled={locked}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={at("email")}
            classNames={fieldClasses}
          />
        ) : null}
        <RoleChecks
          chosen={roles}
          onChange={setRoles}
          disabledReason={locked ? t("admin.why_above_you") : null}
          error={at("role_ids")}
        />
        {passing.length > 0 ? (
          <p className={css["tags"]}>
            {passing.map((role) => (
              <Tag key={role.id} tone="attention">
                {t("admin.role_until", {
                  role: roleText(i18n, role),
                  time: role.expires_at ? format.dateTime(role.expires_at) : "",
                })}
              </Tag>
            ))}
          </p>
        ) : null}
        <Refusal
          error={["display_name", "email", "role_ids"].includes(problem?.field ?? "") ? null : save.error}
        />
      </div>
      {locked ? null : (
        <div className={css["panelActs"]}>
          <SaveButton label={t("common.save")} changed={dirty} pending={save.isPending} />
        </div>
      )}
    </form>
  );
}
