// The six digits of an authenticator app. Six digits are sent by themselves.
import { TextInput } from "@mantine/core";
import { useI18n } from "@/lib/i18n/i18n";
import { fieldClasses } from "./field";

export const codeLength = 6;

export function CodeField(props: {
  value: string;
  onChange: (code: string) => void;
  /** Called when the last digit was typed or pasted. */
  onComplete?: (code: string) => void;
  invalid?: boolean;
  autoFocus?: boolean;
}) {
  const { t } = useI18n();
  return (
    <TextInput
      label={t("proof.code")}
      description={t("proof.code_hint")}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="[0-9]*"
      value={props.value}
      onChange={(event) => {
        const code = event.currentTarget.value.replaceAll(/\D/g, "").slice(0, codeLength);
        props.onChange(code);
        if (code.length === codeLength && code !== props.value) props.onComplete?.(code);
      }}
      aria-invalid={props.invalid}
      {...(props.autoFocus ? { "data-autofocus": true, autoFocus: true } : {})}
      classNames={fieldClasses}
    />
  );
}
