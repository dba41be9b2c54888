// A new password, judged while it is typed. The server decides; what it refuses stands at the field.
import { PasswordInput } from "@mantine/core";
import { useId } from "react";
import { asProblem } from "@/api/problem";
import { useI18n, type Translate } from "@/lib/i18n/i18n";
import { passwordStrength, shortest, type Strength } from "@/lib/password-strength";
import { useProblemText } from "@/lib/problem-text";
import { fieldClasses } from "./field";
import { Bar } from "./small";
import css from "./new-password.module.css";

/** Codes that are about the new password, whichever field the server names. */
const passwordCodes = new Set(["password_too_short", "password_common", "password_weak"]);

export function isPasswordRefusal(error: unknown): boolean {
  if (!error) return false;
  const { code, field } = asProblem(error);
  return passwordCodes.has(code) || (code === "field_invalid" && field === "password");
}

export function NewPassword(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Names that make a password easier to guess. */
  names: readonly string[];
  /** Before the first try nothing is reproached: one is still typing. */
  tried: boolean;
  error: unknown;
  autoFocus?: boolean;
}) {
  const { t } = useI18n();
  const describe = useProblemText();
  const id = useId();
  const strength = passwordStrength(props.value, [...props.names, "carrel"]);
  const weak = props.tried && strength.state !== "good";
  const refused = isPasswordRefusal(props.error) ? describe(props.error) : null;
  return (
    <div>
      <PasswordInput
        label={props.label}
        autoComplete="new-password"
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        required
        withAsterisk={false}
        autoFocus={props.autoFocus ?? false}
        error={weak ? strengthText(t, strength) : refused}
        aria-invalid={weak || refused !== null || undefined}
        {...(weak ? {} : { "aria-describedby": id })}
        visibilityToggleButtonProps={{ "aria-label": t("signin.show_password") }}
        classNames={fieldClasses}
      />
      <div className={css["strength"]} id={id}>
        <Bar
          part={strength.state === "good" ? shortest : Math.min(shortest - 1, [...props.value].length)}
          whole={shortest}
          label={t("setup.strength")}
          {...(weak ? { tone: "danger" as const } : {})}
        />
        <span aria-live="polite">{weak ? null : strengthText(t, strength)}</span>
      </div>
    </div>
  );
}

function strengthText(t: Translate, strength: Strength): string {
  switch (strength.state) {
    case "empty":
      return t("setup.password_hint", { count: shortest });
    case "short":
      return t("setup.password_short", { count: strength.missing });
    case "repeats":
      return t("setup.password_repeats");
    case "contains_name":
      return t("setup.password_name");
    case "good":
      return t("setup.password_good", { count: strength.length });
  }
}
