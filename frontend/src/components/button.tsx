// Buttons in Carrel's four kinds, and the forms that take an Action.
import {
  ActionIcon,
  Button as MantineButton,
  Tooltip,
  type ButtonProps as MantineProps,
} from "@mantine/core";
import type { Icon } from "@tabler/icons-react";
import type { ComponentPropsWithoutRef, ReactNode, Ref } from "react";
import { isEnabled, type Action } from "@/lib/actions/action";
import { shortcutText } from "@/lib/actions/shortcut";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./button.module.css";

export type ButtonKind = "primary" | "default" | "quiet" | "danger";

interface ButtonProps extends Pick<MantineProps, "loading" | "fullWidth" | "disabled"> {
  kind?: ButtonKind;
  size?: "small" | "normal" | "wide";
  icon?: Icon | undefined;
  children: ReactNode;
}

export function Button({
  kind = "default",
  size = "normal",
  icon: Glyph,
  className,
  ref,
  ...rest
}: ButtonProps & Omit<ComponentPropsWithoutRef<"button">, "style"> & { ref?: Ref<HTMLButtonElement> }) {
  const glyph = size === "wide" ? 18 : size === "small" ? 14 : 16;
  return (
    <MantineButton
      ref={ref ?? null}
      type="button"
      data-small={size === "small" || undefined}
      data-wide={size === "wide" || undefined}
      className={[css["button"], css[kind], className].filter(Boolean).join(" ")}
      leftSection={Glyph ? <Glyph size={glyph} stroke={1.7} aria-hidden /> : undefined}
      {...rest}
    />
  );
}

export function IconButton({
  label,
  icon: Glyph,
  small,
  hint,
  className,
  ref,
  ...rest
}: {
  label: string;
  icon: Icon;
  small?: boolean;
  /** Shown beside the label on hover: a shortcut or a reason. */
  hint?: string | undefined;
  ref?: Ref<HTMLButtonElement>;
} & Omit<ComponentPropsWithoutRef<"button">, "style">) {
  return (
    <Tooltip label={hint ? `${label} · ${hint}` : label}>
      <ActionIcon
        ref={ref ?? null}
        type="button"
        aria-label={label}
        data-small={small || undefined}
        className={[css["icon"], className].filter(Boolean).join(" ")}
        {...rest}
      >
        <Glyph size={small ? 16 : 18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** Saves a form; says why not while nothing in it has changed. */
export function SaveButton(props: { label: string; changed: boolean; pending: boolean }) {
  const { t } = useI18n();
  const button = (
    <Button
      type="submit"
      kind={props.changed ? "primary" : "default"}
      data-disabled={props.changed ? undefined : true}
      aria-disabled={!props.changed}
      loading={props.pending}
    >
      {props.label}
    </Button>
  );
  return props.changed ? button : <Tooltip label={t("form.unchanged")}>{button}</Tooltip>;
}

/** A button for an action: says why when it cannot be used. */
export function ActionButton(props: {
  action: Action;
  kind?: ButtonKind;
  size?: "small" | "normal" | "wide";
  label?: string;
}) {
  const { action, kind = "default", size = "normal" } = props;
  const { language } = useI18n();
  const shortcut = action.shortcut ? shortcutText(action.shortcut, language) : undefined;
  const button = (
    <Button
      kind={kind}
      size={size}
      icon={action.icon}
      data-disabled={isEnabled(action) ? undefined : true}
      aria-disabled={!isEnabled(action)}
      data-action={action.id}
      onClick={() => isEnabled(action) && action.run()}
    >
      {props.label ?? action.label}
    </Button>
  );
  const hint = action.disabledReason ?? shortcut;
  return hint ? <Tooltip label={hint}>{button}</Tooltip> : button;
}

export function ActionIconButton(props: {
  action: Action & { icon: Icon };
  small?: boolean;
  pressed?: boolean;
}) {
  const { action } = props;
  const { language } = useI18n();
  const hint =
    action.disabledReason ?? (action.shortcut ? shortcutText(action.shortcut, language) : undefined);
  return (
    <IconButton
      label={action.label}
      icon={action.icon}
      hint={hint}
      {...(props.small ? { small: true } : {})}
      aria-pressed={props.pressed}
      aria-disabled={!isEnabled(action)}
      data-disabled={isEnabled(action) ? undefined : true}
      onClick={() => isEnabled(action) && action.run()}
    />
  );
}
