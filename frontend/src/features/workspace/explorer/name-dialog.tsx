// Asks for the name of a new file or folder, or the new name of one.
import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState, type FormEvent } from "react";
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
  const field = useRef<HTMLInputElement>(null);
  const { initial } = props;
  useEffect(() => {
    const timer = setTimeout(() => {
      const dot = initial.lastIndexOf(".");
      field.current?.setSelectionRange(initial.lastIndexOf("/") + 1, dot > 0 ? dot : initial.length);
    }, 60);
    return () => clearTimeout(timer);
  }, [initial]);
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
          ref={field}
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
