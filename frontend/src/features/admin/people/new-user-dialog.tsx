// A new account. A person gets a link to choose a password; a service account gets tokens and no way to sign in.
import { SegmentedControl, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { OnceDialog } from "@/components/once";
import { segmentedClasses } from "@/components/segmented";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import type { AdminUser } from "../api/model";
import { makeUser } from "../api/make-user";
import { RoleChecks } from "../role-checks";
import { useAdminChanged } from "../use-admin-query";

export function NewUserDialog(props: { onClose: () => void; onMade: (user: AdminUser) => void }) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const changed = useAdminChanged();
  const [kind, setKind] = useState<"person" | "service">("person");
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [email, setEmail] = useState("");
  const [tried, setTried] = useState(false);
  const [roles, setRoles] = useState<string[]>([]);
  const make = useMutation({
    mutationFn: () =>
      makeUser(api, {
        kind,
        name: name.trim(),
        ...(displayName.trim() ? { display_name: displayName.trim() } : {}),
        ...(kind === "person" && email.trim() ? { email: email.trim() } : {}),
        role_ids: roles,
      }),
    // The link is shown once and kept nowhere.
    gcTime: 0,
    onSuccess: ({ user, link }) => {
      props.onMade(user);
      if (!link) props.onClose();
      void changed();
    },
  });
  const problem = make.error instanceof Problem ? make.error : null;
  const field = problem?.field ?? (problem?.code === "name_taken" ? "name" : null);
  const at = (which: string) => (problem && field === which ? describe(problem) : null);
  if (make.data?.link) {
    return (
      <OnceDialog
        title={t("admin.link_title", { name: make.data.user.display_name })}
        text={t("admin.link_new_user")}
        secret={make.data.link}
        onClose={props.onClose}
      />
    );
  }
  return (
    <FormDialog
      title={t("admin.new_user")}
      submit={t("admin.make_user")}
      onClose={props.onClose}
      onSubmit={() => make.mutate()}
      pending={make.isPending}
      incomplete={name.trim() === ""}
      onIncomplete={() => setTried(true)}
      error={field && ["name", "display_name", "email", "role_ids"].includes(field) ? null : make.error}
    >
      <SegmentedControl
        classNames={segmentedClasses}
        fullWidth
        aria-label={t("admin.kind")}
        value={kind}
        onChange={(value) => setKind(value as typeof kind)}
        data={[
          { value: "person", label: t("admin.kind_person") },
          { value: "service", label: t("admin.kind_service") },
        ]}
      />
      <TextInput
        data-autofocus
        label={t("setup.name")}
        description={t("setup.name_hint")}
        autoCapitalize="none"
        spellCheck={false}
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={tried && name.trim() === "" ? t("form.needed") : at("name")}
        classNames={fieldClasses}
      />
      <TextInput
        label={t("setup.display_name")}
        description={t("setup.display_name_hint")}
        autoComplete="off"
        value={displayName}
        onChange={(event) => setDisplayName(event.currentTarget.value)}
        error={at("display_name")}
        classNames={fieldClasses}
      />
      {kind === "person" ? (
        <TextInput
          type="email"
          label={t("account.email")}
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={at("email")}
          classNames={fieldClasses}
        />
      ) : null}
      <RoleChecks onlyGrantable error={at("role_ids")} chosen={roles} onChange={setRoles} />
    </FormDialog>
  );
}
