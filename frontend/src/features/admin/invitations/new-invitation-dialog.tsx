import { NativeSelect, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { OnceDialog } from "@/components/once";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { makeInvitation } from "../api/make-invitation";
import { RoleChecks, useGrantableRoles } from "../role-checks";
import { useAdminChanged } from "../use-admin-query";

const spans = [1, 3, 7, 14, 30] as const;

/** What the new person may do and how long the link leads somewhere; then the link, once. */
export function NewInvitationDialog(props: { onClose: () => void }) {
  const { t, format } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const changed = useAdminChanged();
  const [email, setEmail] = useState("");
  const [note, setNote] = useState("");
  const [roles, setRoles] = useState<string[]>([]);
  const [days, setDays] = useState("7");
  const [tried, setTried] = useState(false);
  const choosing = useGrantableRoles();
  const noRole = choosing && roles.length === 0;
  const make = useMutation({
    mutationFn: () =>
      makeInvitation(api, {
        ...(email.trim() ? { email: email.trim() } : {}),
        ...(note.trim() ? { note: note.trim() } : {}),
        role_ids: roles,
        days: Number(days),
      }),
    gcTime: 0,
    onSuccess: () => void changed(),
  });
  if (make.data) {
    return (
      <OnceDialog
        title={t("admin.invitation_made")}
        text={t("admin.link_invitation", { time: format.dateTime(make.data.invitation.expires_at) })}
        secret={make.data.link}
        onClose={props.onClose}
      />
    );
  }
  const problem = make.error instanceof Problem ? make.error : null;
  const at = (field: string) => (problem?.field === field ? describe(problem) : null);
  const shown = ["email", "note", "days", ...(choosing ? ["role_ids"] : [])].includes(problem?.field ?? "");
  return (
    <FormDialog
      title={t("admin.invite")}
      submit={t("admin.invite")}
      onClose={props.onClose}
      onSubmit={() => make.mutate()}
      pending={make.isPending}
      incomplete={noRole}
      onIncomplete={() => setTried(true)}
      error={shown ? null : make.error}
    >
      <TextInput
        data-autofocus
        type="email"
        label={t("account.email")}
        description={t("admin.invitation_email_hint")}
        autoComplete="off"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        error={at("email")}
        classNames={fieldClasses}
      />
      <Textarea
        label={t("admin.note")}
        description={t("admin.note_hint")}
        rows={2}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        error={at("note")}
        classNames={fieldClasses}
      />
      <RoleChecks
        chosen={roles}
        onChange={setRoles}
        onlyGrantable
        error={tried && noRole ? t("form.choose_one") : at("role_ids")}
      />
      <NativeSelect
        label={t("admin.valid_for")}
        value={days}
        onChange={(event) => setDays(event.currentTarget.value)}
        error={at("days")}
        data={spans.map((each) => ({ value: String(each), label: t("tokens.days_n", { count: each }) }))}
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
