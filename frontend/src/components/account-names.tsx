// The two names of an account that is being made: what others read, and what one signs in with.
import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { fieldClasses } from "./field";

export function AccountNames(props: {
  name: string;
  displayName: string;
  onName: (text: string) => void;
  onDisplayName: (text: string) => void;
  nameError: ReactNode;
  displayNameError: ReactNode;
}) {
  const { t } = useI18n();
  return (
    <>
      <TextInput
        label={t("setup.display_name")}
        description={t("setup.display_name_hint")}
        autoComplete="name"
        value={props.displayName}
        onChange={(event) => props.onDisplayName(event.currentTarget.value)}
        required
        withAsterisk={false}
        autoFocus
        error={props.displayNameError}
        classNames={fieldClasses}
      />
      <TextInput
        label={t("setup.name")}
        description={t("setup.name_hint")}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={props.name}
        onChange={(event) => props.onName(event.currentTarget.value)}
        required
        withAsterisk={false}
        error={props.nameError}
        classNames={fieldClasses}
      />
    </>
  );
}
