// Adding a passkey: the server's options, the browser's question, then a name for the new one.
import { IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useMemo, useState, type ReactNode } from "react";
import { useApi } from "@/api/context";
import { NameDialog } from "@/components/name-dialog";
import type { Action } from "@/lib/actions/action";
import { useRegisterActions } from "@/lib/actions/registry";
import { clientText } from "@/lib/client-text";
import { useI18n } from "@/lib/i18n/i18n";
import { makePasskey, passkeysWork } from "@/lib/webauthn/webauthn";
import { addPasskey } from "../api/add-passkey";
import { passkeyCreationOptions } from "../api/passkey-creation-options";
import { useSecurityChanged } from "../use-security";

export function useAddPasskey(): { action: Action; error: unknown; dialog: ReactNode } {
  const i18n = useI18n();
  const { t } = i18n;
  const api = useApi();
  const changed = useSecurityChanged();
  /** Made by the browser, not yet known to the server under a name. */
  const [made, setMade] = useState<{ credential: unknown } | null>(null);
  const make = useMutation({
    mutationFn: async () => makePasskey((await passkeyCreationOptions(api)).options),
    onSuccess: (credential) => setMade({ credential }),
  });
  const { mutate, isPending } = make;
  const action = useMemo<Action>(
    () => ({
      id: "account.add-passkey",
      label: t("security.add_passkey"),
      group: t("account.security"),
      icon: IconPlus,
      disabledReason: !passkeysWork()
        ? t("security.why_no_passkeys")
        : isPending
          ? t("security.adding_passkey")
          : null,
      run: () => mutate(),
    }),
    [t, isPending, mutate],
  );
  useRegisterActions(useMemo(() => [action], [action]));
  const dialog = made ? (
    <NameDialog
      title={t("security.name_passkey_title")}
      text={t("security.name_passkey_text")}
      label={t("security.passkey_name")}
      submit={t("security.add_passkey")}
      initial={clientText(i18n, navigator.userAgent) ?? ""}
      onClose={() => setMade(null)}
      save={async (name) => {
        await addPasskey(api, name, made.credential);
        await changed();
      }}
    />
  ) : null;
  return { action, error: make.error, dialog };
}
