// Asks for one name and stays open until it is saved.
import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { fieldClasses } from "./field";
import { FormDialog } from "./form-dialog";

export function NameDialog(props: {
  title: string;
  text?: string;
  label: string;
  submit: string;
  initial?: string;
  onClose: () => void;
  save: (name: string) => Promise<unknown>;
}) {
  const { t } = useI18n();
  const describe = useProblemText();
  const [tried, setTried] = useState(false);
  const [name, setName] = useState(props.initial ?? "");
  const save = useMutation({ mutationFn: () => props.save(name.trim()), onSuccess: props.onClose });
  const atField =
    save.error !== null && asProblem(save.error).status < 500 && asProblem(save.error).status >= 409;
  return (
    <FormDialog
      title={props.title}
      {...(props.text ? { text: <p>{props.text}</p> } : {})}
      submit={props.submit}
      onClose={props.onClose}
      onSubmit={() => save.mutate()}
      pending={save.isPending}
      incomplete={name.trim() === ""}
      onIncomplete={() => setTried(true)}
      error={atField ? null : save.error}
    >
      <TextInput
        data-autofocus
        label={props.label}
        value={name}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => {
          setName(event.currentTarget.value);
          save.reset();
        }}
        error={tried && name.trim() === "" ? t("names.empty") : atField ? describe(save.error) : null}
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
