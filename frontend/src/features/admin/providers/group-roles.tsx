// Which group of the service gives which role here.
import { NativeSelect, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { Button, IconButton } from "@/components/button";
import { fieldClasses } from "@/components/field";
import { useI18n } from "@/lib/i18n/i18n";
import { roleText } from "@/lib/role-text";
import css from "../admin.module.css";
import type { ProviderDraft } from "../api/model";
import { useRoles } from "../use-admin-query";

type Pairs = ProviderDraft["group_roles"];

export function GroupRoles(props: { pairs: Pairs; onChange: (pairs: Pairs) => void; error: string | null }) {
  const i18n = useI18n();
  const { t } = i18n;
  const roles = useRoles();
  const { pairs, onChange } = props;
  const put = (index: number, part: Partial<Pairs[number]>) =>
    onChange(pairs.map((pair, at) => (at === index ? { ...pair, ...part } : pair)));
  return (
    <fieldset className={css["checks"]}>
      <legend>{t("providers.group_roles")}</legend>
      {pairs.map((pair, index) => (
        <div key={index} className={css["pair"]}>
          <TextInput
            aria-label={t("providers.group_n", { number: index + 1 })}
            placeholder={t("providers.group")}
            size="sm"
            spellCheck={false}
            value={pair.group}
            onChange={(event) => put(index, { group: event.currentTarget.value })}
            classNames={fieldClasses}
          />
          <NativeSelect
            aria-label={t("providers.role_n", { number: index + 1 })}
            size="sm"
            value={pair.role_id}
            onChange={(event) => put(index, { role_id: event.currentTarget.value })}
            data={[
              { value: "", label: t("providers.choose_role") },
              ...(roles.data?.items ?? []).map((role) => ({
                value: role.id,
                label: roleText(i18n, role),
                disabled: !role.abilities.grant,
              })),
            ]}
            classNames={fieldClasses}
          />
          <IconButton
            icon={IconX}
            label={t("providers.remove_pair", { number: index + 1 })}
            onClick={() => onChange(pairs.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={IconPlus} onClick={() => onChange([...pairs, { group: "", role_id: "" }])}>
          {t("providers.add_pair")}
        </Button>
      </div>
      {props.error ? (
        <p className={fieldClasses.error} role="alert">
          {props.error}
        </p>
      ) : null}
    </fieldset>
  );
}
