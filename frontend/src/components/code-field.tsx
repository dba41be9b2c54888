// The six digits of an authenticator app. Six digits are sent by themselves.
import { TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import { asProblem } from "@/api/problem";
import { useI18n } from "@/lib/i18n/i18n";
import { fieldClasses } from "./field";

export const codeLength = 6;

/** A right code that was taken before: the person sees it, waits for the next and types over it. */
export function isCodeUsed(error: unknown): boolean {
  return Boolean(error) && asProblem(error).code === "code_used";
}

export function CodeField(props: {
  value: string;
  onChange: (code: string) => void;
  /** Called when the last digit was typed or pasted. */
  onComplete?: (code: string) => void;
  /** What the server said no to. A code that was used is said here; everything else stands elsewhere. */
  error: unknown;
  /** Somebody wanted to go on: fewer digits are a fault then. */
  tried?: boolean;
  autoFocus?: boolean;
}) {
  const { t } = useI18n();
  const field = useRef<HTMLInputElement>(null);
  const { error } = props;
  const used = isCodeUsed(error);
  const short = props.tried === true && !error && props.value.length < codeLength;
  useEffect(() => {
    if (isCodeUsed(error)) field.current?.select();
  }, [error]);
  return (
    <TextInput
      ref={field}
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
      error={used ? t("problems.code_used") : short ? t("form.six_digits") : null}
      aria-invalid={Boolean(error) || short}
      {...(props.autoFocus ? { "data-autofocus": true, autoFocus: true } : {})}
      classNames={fieldClasses}
    />
  );
}
