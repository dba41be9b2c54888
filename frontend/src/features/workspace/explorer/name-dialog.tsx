// Asks for the name of a new file or folder, or the new name of one.
import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState, type FormEvent } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { fieldClasses } from "@/components/field";
import { useI18n } from "@/lib/i18n/i18n";
import { pathFault } from "@/lib/name-fault";
import { useProblemText } from "@/lib/problem-text";

export function NameDialog(props: {
  title: string;
  hint: string;
  submit: string;
  initial: string;
  onSubmit: (name: string) => Promise<void>;
  onClose: () => void;
}) {
  const { t } = useI18n();
  const describe = useProblemText();
  const [name, setName] = useState(props.initial);
  const selected = useRef(false);
  const { initial } = props;
  // The name without its folder and its ending, in the moment in which the field gets the focus: later, it would be somebody's
  // typing that is selected and overwritten.
  const select = (field: HTMLInputElement) => {
    if (selected.current) return;
    selected.current = true;
    const dot = initial.lastIndexOf(".");
    field.setSelectionRange(initial.lastIndexOf("/") + 1, dot > 0 ? dot : initial.length);
  };
  const run = useMutation({ mutationFn: () => props.onSubmit(name.trim()), onSuccess: props.onClose });
  const fault = pathFault(name.trim());
  const valid = fault === null && name.trim() !== initial;
  // An empty field and a “/” that a name will follow are not reproached.
  const soFar = name.trim() === "" ? null : pathFault(name.trim().replace(/\/$/, ""));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (valid) run.mutate();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={submit}>
        <TextInput
          onFocus={(event) => select(event.currentTarget)}
          data-autofocus
          label={t("ide.name")}
          description={props.hint}
          value={name}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setName(event.currentTarget.value);
            run.reset();
          }}
          error={run.error ? describe(run.error) : soFar && t(soFar)}
          classNames={fieldClasses}
        />
        <div style={{ display: "flex", justifyContent: "flex-end", gap: 8, marginTop: 18 }}>
          <Button kind="quiet" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" kind="primary" disabled={!valid} loading={run.isPending}>
            {props.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
