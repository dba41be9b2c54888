import { TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent, type RefObject } from "react";
import { useApi } from "@/api/context";
import type { Node } from "@/api/model";
import { makeFolder } from "@/api/queries";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { fieldClasses } from "@/components/field";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";

export function NewFolderDialog(props: {
  parentId: string;
  /** What has the focus afterwards. */
  returnTo: RefObject<HTMLElement | null>;
  onClose: () => void;
  onMade: (folder: Node) => void;
}) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const [name, setName] = useState("");
  const make = useMutation({
    mutationFn: () => makeFolder(api, props.parentId, name.trim()),
    onSuccess: (folder) => {
      props.onMade(folder);
      props.onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") make.mutate();
  };
  return (
    <Dialog title={t("files.new_folder")} onClose={props.onClose} returnTo={props.returnTo}>
      <form onSubmit={submit}>
        <TextInput
          data-autofocus
          label={t("files.folder_name")}
          value={name}
          spellCheck={false}
          onChange={(event) => {
            setName(event.currentTarget.value);
            make.reset();
          }}
          error={make.error ? describe(make.error) : null}
          classNames={fieldClasses}
        />
        <div style={{ display: "flex", justifyContent: "flex-end", gap: 8, marginTop: 18 }}>
          <Button kind="quiet" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" kind="primary" disabled={name.trim() === ""} loading={make.isPending}>
            {t("files.make_folder")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
