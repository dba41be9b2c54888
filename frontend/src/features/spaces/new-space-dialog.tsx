// A new space for several people.
import { TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { useApi } from "@/api/context";
import type { Space } from "@/api/model";
import { fieldClasses } from "@/components/field";
import { FormDialog } from "@/components/form-dialog";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { makeSpace } from "./api/make-space";
import { useSpacesChanged } from "./use-spaces-changed";

export function NewSpaceDialog(props: { onClose: () => void; onMade: (space: Space) => void }) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const changed = useSpacesChanged();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [tried, setTried] = useState(false);
  const make = useMutation({
    mutationFn: () => makeSpace(api, { name: name.trim(), description: description.trim() }),
    onSuccess: async (made) => {
      await changed();
      props.onClose();
      props.onMade(made);
    },
  });
  const field = make.error ? asProblem(make.error).field : null;
  const at = (wanted: string) => (field === wanted ? describe(make.error) : null);
  return (
    <FormDialog
      title={t("spaces.new")}
      text={<p>{t("spaces.new_text")}</p>}
      submit={t("spaces.make")}
      onClose={props.onClose}
      onSubmit={() => make.mutate()}
      pending={make.isPending}
      incomplete={name.trim() === ""}
      onIncomplete={() => setTried(true)}
      error={field === "name" || field === "description" ? null : make.error}
    >
      <TextInput
        data-autofocus
        label={t("files.folder_name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={tried && name.trim() === "" ? t("names.empty") : at("name")}
        classNames={fieldClasses}
      />
      <Textarea
        label={t("spaces.description")}
        description={t("spaces.description_hint")}
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        error={at("description")}
        classNames={fieldClasses}
      />
    </FormDialog>
  );
}
