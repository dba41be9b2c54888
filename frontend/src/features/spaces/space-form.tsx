// Name, description and what is kept of a space.
import { TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { asProblem } from "@/api/problem";
import { useApi } from "@/api/context";
import type { Space } from "@/api/model";
import { SaveButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { Refusal } from "@/components/form";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { changeSpace, type SpaceChange } from "./api/change-space";
import { useSpacesChanged } from "./use-spaces-changed";
import css from "./spaces.module.css";

const fields = ["name", "description", "keep_versions", "keep_trash_days"] as const;
const textOf = (number: number | null) => (number === null ? "" : String(number));
/** Empty: as the server has it. `undefined`: no whole number. */
const numberOf = (text: string): number | null | undefined =>
  text.trim() === "" ? null : /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : undefined;

export function SpaceForm({ space }: { space: Space }) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const changed = useSpacesChanged();
  const [name, setName] = useState(space.name);
  const [description, setDescription] = useState(space.description);
  const [versions, setVersions] = useState(textOf(space.keep_versions));
  const [days, setDays] = useState(textOf(space.keep_trash_days));
  const save = useMutation({
    mutationFn: (change: SpaceChange) => changeSpace(api, space.id, change),
    onSuccess: changed,
  });
  const keepVersions = numberOf(versions);
  const keepDays = numberOf(days);
  const change: SpaceChange = {
    ...(name.trim() !== space.name ? { name: name.trim() } : {}),
    ...(description.trim() !== space.description ? { description: description.trim() } : {}),
    ...(keepVersions !== undefined && keepVersions !== space.keep_versions
      ? { keep_versions: keepVersions }
      : {}),
    ...(keepDays !== undefined && keepDays !== space.keep_trash_days ? { keep_trash_days: keepDays } : {}),
  };
  const fits = name.trim() !== "" && keepVersions !== undefined && keepDays !== undefined;
  const edited = Object.keys(change).length > 0 || !fits;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fits && Object.keys(change).length > 0) save.mutate(change);
  };
  const field = save.error ? asProblem(save.error).field : null;
  const at = (wanted: string) => (field === wanted ? describe(save.error) : null);
  return (
    <form onSubmit={submit} className={css["form"]}>
      <TextInput
        label={t("files.folder_name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={name.trim() === "" ? t("names.empty") : at("name")}
        classNames={fieldClasses}
      />
      <Textarea
        label={t("spaces.description")}
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        error={at("description")}
        classNames={fieldClasses}
      />
      <div className={css["pair"]}>
        <TextInput
          label={t("spaces.keep_versions")}
          placeholder={t("spaces.as_server")}
          inputMode="numeric"
          value={versions}
          onChange={(event) => setVersions(event.currentTarget.value)}
          error={keepVersions === undefined ? t("spaces.whole_number") : at("keep_versions")}
          classNames={fieldClasses}
        />
        <TextInput
          label={t("spaces.keep_trash_days")}
          placeholder={t("spaces.as_server")}
          inputMode="numeric"
          value={days}
          onChange={(event) => setDays(event.currentTarget.value)}
          error={keepDays === undefined ? t("spaces.whole_number") : at("keep_trash_days")}
          classNames={fieldClasses}
        />
      </div>
      <Refusal error={fields.some((each) => each === field) ? null : save.error} />
      <div>
        <SaveButton label={t("common.save")} changed={edited} pending={save.isPending} />
      </div>
    </form>
  );
}
