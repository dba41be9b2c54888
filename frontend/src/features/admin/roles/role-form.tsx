// What a role allows and demands. Permissions that the person does not hold cannot be given, and say so.
import { NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { Button } from "@/components/button";
import { Check } from "@/components/check";
import { fieldClasses } from "@/components/field";
import { Refusal } from "@/components/form";
import { lookUp, useI18n, type I18n, type MessageKey } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import css from "../admin.module.css";
import { listPermissions } from "../api/list-permissions";
import { secondFactorRules, type Role, type RoleDraft } from "../api/model";
import { useAdminQuery } from "../use-admin-query";

export const emptyRole: RoleDraft = {
  name: "",
  description: "",
  permissions: [],
  second_factor: "any",
  grace_hours: 72,
};

export function permissionText(i18n: I18n, code: string): { label: string; hint: string | null } {
  const own = (key: string) => (lookUp(i18n.language, key) === undefined ? null : i18n.t(key as MessageKey));
  return { label: own(`permissions.${code}`) ?? code, hint: own(`permissions.${code}_hint`) };
}

export function RoleForm(props: {
  start: RoleDraft;
  /** Roles that come with the product keep their name and what they allow. */
  parts: "all" | "policy" | "none";
  submit: string;
  save: (draft: RoleDraft) => Promise<unknown>;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const api = useApi();
  const describe = useProblemText();
  const [draft, setDraft] = useState(props.start);
  const [tried, setTried] = useState(false);
  const permissions = useAdminQuery(["admin", "permissions"], (signal) => listPermissions(api, signal));
  const save = useMutation({ mutationFn: () => props.save({ ...draft, name: draft.name.trim() }) });
  const change = (part: Partial<RoleDraft>) => {
    setDraft((now) => ({ ...now, ...part }));
    save.reset();
  };
  const whole = props.parts === "all";
  const problem = save.error instanceof Problem ? save.error : null;
  const field = problem?.field ?? (problem?.code === "name_taken" ? "name" : null);
  const at = (which: string) => (problem && field === which ? describe(problem) : null);
  const nameless = whole && draft.name.trim() === "";
  const shown =
    field === "second_factor" ||
    (field === "grace_hours" && draft.second_factor !== "none") ||
    (whole && ["name", "description", "permissions"].includes(field ?? ""));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!nameless) save.mutate();
  };
  return (
    <form onSubmit={submit} className={css["pairs"]}>
      {whole ? (
        <>
          <TextInput
            label={t("signin.name")}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={tried && nameless ? t("form.needed") : at("name")}
            classNames={fieldClasses}
          />
          <TextInput
            label={t("admin.description")}
            value={draft.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
            error={at("description")}
            classNames={fieldClasses}
          />
        </>
      ) : null}
      <NativeSelect
        label={t("admin.second_factor")}
        description={t("admin.rule_hint")}
        value={draft.second_factor}
        disabled={props.parts === "none"}
        onChange={(event) => change({ second_factor: event.currentTarget.value as Role["second_factor"] })}
        error={at("second_factor")}
        data={secondFactorRules.map((each) => ({
          value: each,
          label: t(`admin.rule_${each}` as MessageKey),
        }))}
        classNames={fieldClasses}
      />
      {draft.second_factor === "none" ? null : (
        <NumberInput
          label={t("admin.grace")}
          description={t("admin.grace_hint")}
          min={0}
          max={8760}
          allowDecimal={false}
          hideControls
          disabled={props.parts === "none"}
          value={draft.grace_hours}
          onChange={(value) => change({ grace_hours: Number(value) || 0 })}
          // What is typed stays: the server says what it allows.
          clampBehavior="none"
          error={at("grace_hours")}
          classNames={fieldClasses}
        />
      )}
      <fieldset className={css["checks"]} style={{ marginTop: 8 }}>
        <legend>{t("admin.permissions")}</legend>
        {whole ? null : <p className={css["hint"]}>{t("admin.why_built_in")}</p>}
        {permissions.isError ? <p className={css["hint"]}>{describe(permissions.error)}</p> : null}
        {permissions.data?.items.map(({ code, grantable }) => {
          const { label, hint } = permissionText(i18n, code);
          return (
            <Check
              key={code}
              label={label}
              hint={hint}
              checked={draft.permissions.includes(code)}
              disabled={!whole}
              disabledReason={whole && !grantable ? t("admin.why_permission_not_held") : null}
              onChange={(on) =>
                change({
                  permissions: on
                    ? [...draft.permissions, code]
                    : draft.permissions.filter((each) => each !== code),
                })
              }
            />
          );
        })}
        {at("permissions") ? <p className={fieldClasses.error}>{at("permissions")}</p> : null}
      </fieldset>
      <Refusal error={shown ? null : save.error} />
      {props.parts === "none" ? null : (
        <div className={css["panelActs"]}>
          <Button type="submit" kind="primary" loading={save.isPending}>
            {props.submit}
          </Button>
        </div>
      )}
    </form>
  );
}
