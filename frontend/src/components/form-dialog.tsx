// A question with fields: what it is about, what the server said no to, and two buttons.
import { useRef, type FormEvent, type ReactNode } from "react";
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
  /** Something is missing: it is not sent, and {@link onIncomplete} lets the fields say what. */
  incomplete?: boolean;
  onIncomplete?: () => void;
  danger?: boolean;
  size?: number;
  children?: ReactNode;
}) {
  const { t } = useI18n();
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Dialogs lie inside one another on the page, not in the form that opened them.
    event.stopPropagation();
    if (props.pending) return;
    if (!props.incomplete) return props.onSubmit();
    props.onIncomplete?.();
    // The first field that says something, once it says it.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  };
  return (
    <Dialog title={props.title} onClose={props.onClose} size={props.size ?? 480}>
      <form ref={form} className={css["form"]} onSubmit={submit} noValidate>
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
