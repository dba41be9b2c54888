// How one service is reached and whom it may let in. Its secret is written and never read back.
import { PasswordInput, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { Button } from "@/components/button";
import { Check } from "@/components/check";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { changeProvider } from "../api/change-provider";
import { deleteProvider } from "../api/delete-provider";
import { makeProvider } from "../api/make-provider";
import type { Provider, ProviderDraft } from "../api/model";
import { useAdminChanged } from "../use-admin-query";
import { GroupRoles } from "./group-roles";

const empty: Omit<ProviderDraft, "client_secret"> = {
  name: "",
  issuer: "",
  client_id: "",
  scopes: ["openid", "profile", "email"],
  group_claim: null,
  group_roles: [],
  make_users: false,
  enabled: true,
};
const fields = [
  "name",
  "issuer",
  "client_id",
  "client_secret",
  "scopes",
  "group_claim",
  "group_roles",
] as const;

export function ProviderDialog(props: { provider: Provider | null; onClose: () => void }) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const changed = useAdminChanged();
  const { provider } = props;
  const { id, ...kept } = provider ?? { id: null, ...empty };
  const [draft, setDraft] = useState(kept);
  const [scopes, setScopes] = useState(kept.scopes.join(" "));
  const [secret, setSecret] = useState("");
  const [deleting, setDeleting] = useState(false);
  const [tried, setTried] = useState(false);
  const done = async () => {
    props.onClose();
    await changed();
  };
  const save = useMutation({
    mutationFn: () => {
      const body: ProviderDraft = {
        ...draft,
        scopes: scopes.split(/[\s,]+/).filter(Boolean),
        group_roles: draft.group_roles.filter(
          ({ group, role_id: role }) => group.trim() !== "" && role !== "",
        ),
        ...(secret === "" ? {} : { client_secret: secret }),
      };
      return id === null ? makeProvider(api, body) : changeProvider(api, id, body);
    },
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: () => (id === null ? Promise.resolve() : deleteProvider(api, id)),
    onSuccess: done,
  });
  const problem = save.error instanceof Problem ? save.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const change = (part: Partial<typeof draft>) => setDraft((now) => ({ ...now, ...part }));
  const text = (field: "name" | "issuer" | "client_id", hint?: string) => (
    <TextInput
      label={t(`providers.${field}`)}
      {...(hint ? { description: hint } : {})}
      autoComplete="off"
      spellCheck={false}
      value={draft[field]}
      onChange={(event) => change({ [field]: event.currentTarget.value })}
      error={tried && draft[field].trim() === "" ? t("form.needed") : at(field)}
      classNames={fieldClasses}
    />
  );
  if (deleting) {
    return (
      <FormDialog
        title={t("providers.delete_title", { name: draft.name })}
        text={<p>{t("providers.delete_text")}</p>}
        submit={t("providers.delete")}
        danger
        onClose={() => setDeleting(false)}
        onSubmit={() => remove.mutate()}
        pending={remove.isPending}
        error={remove.error}
      />
    );
  }
  return (
    <FormDialog
      title={provider ? t("providers.edit_named", { name: provider.name }) : t("providers.add")}
      submit={t("common.save")}
      onClose={props.onClose}
      onSubmit={() => save.mutate()}
      pending={save.isPending}
      incomplete={draft.name.trim() === "" || draft.issuer.trim() === "" || draft.client_id.trim() === ""}
      onIncomplete={() => setTried(true)}
      error={
        problem?.field &&
        (fields as readonly string[]).includes(problem.field) &&
        (problem.field !== "group_roles" || draft.group_claim)
          ? null
          : save.error
      }
      size={560}
    >
      {text("name", t("providers.name_hint"))}
      {text("issuer", t("providers.issuer_hint"))}
      {text("client_id")}
      <PasswordInput
        label={t("providers.client_secret")}
        description={provider ? t("providers.secret_kept") : t("providers.secret_hint")}
        autoComplete="off"
        value={secret}
        onChange={(event) => setSecret(event.currentTarget.value)}
        error={at("client_secret")}
        visibilityToggleButtonProps={{ "aria-label": t("signin.show_password") }}
        classNames={fieldClasses}
      />
      <TextInput
        label={t("providers.scopes")}
        spellCheck={false}
        value={scopes}
        onChange={(event) => setScopes(event.currentTarget.value)}
        error={at("scopes")}
        classNames={fieldClasses}
      />
      <TextInput
        label={t("providers.group_claim")}
        description={t("providers.group_claim_hint")}
        spellCheck={false}
        value={draft.group_claim ?? ""}
        onChange={(event) => change({ group_claim: event.currentTarget.value || null })}
        error={at("group_claim")}
        classNames={fieldClasses}
      />
      {draft.group_claim ? (
        <GroupRoles
          pairs={draft.group_roles}
          onChange={(group_roles) => change({ group_roles })}
          error={at("group_roles")}
        />
      ) : null}
      <Check
        label={t("providers.make_users")}
        hint={t("providers.make_users_hint")}
        checked={draft.make_users}
        onChange={(make_users) => change({ make_users })}
      />
      <Check
        label={t("providers.enabled")}
        checked={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      {provider ? (
        <div>
          <Button size="small" kind="danger" icon={IconTrash} onClick={() => setDeleting(true)}>
            {t("providers.delete")}
          </Button>
        </div>
      ) : null}
    </FormDialog>
  );
}
