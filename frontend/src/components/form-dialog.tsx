// A question with fields: what it is about, what the server said no to, and two buttons.
import type { FormEvent, ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Refusal } from "./form";
import css from "./form-dialog.module.css";

export function FormDialog(props: {
  title: string;
  /** What follows from it, in the person's words. */
  text?: ReactNode;
  submit: string;
  onSubmit: () => void;
  onClose: () => void;
  pending: boolean;
  /** What stands at no field. */
  error: unknown;
  /** Why it cannot be sent yet. */
  disabled?: boolean;
  danger?: boolean;
  size?: number;
  children?: ReactNode;
}) {
  const { t } = useI18n();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Dialogs lie inside one another on the page, not in the form that opened them.
    event.stopPropagation();
    if (!props.disabled && !props.pending) props.onSubmit();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose} size={props.size ?? 480}>
      <form className={css["form"]} onSubmit={submit}>
        {props.text ? <div className={css["text"]}>{props.text}</div> : null}
        {props.children}
        <Refusal error={props.error} />
        <div className={css["acts"]}>
          <Button kind="quiet" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            kind={props.danger ? "danger" : "primary"}
            disabled={props.disabled ?? false}
            loading={props.pending}
            {...(props.children ? {} : { "data-autofocus": true })}
          >
            {props.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
