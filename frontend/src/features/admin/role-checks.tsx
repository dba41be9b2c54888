// Which roles somebody has. A role that the person may not give says why.
import { Skeleton } from "@mantine/core";
import { Check } from "@/components/check";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { roleText } from "@/lib/role-text";
import css from "./admin.module.css";
import { useRoles } from "./use-admin-query";

export function RoleChecks(props: {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  /** Nothing can be changed here, for this reason. */
  disabledReason?: string | null;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const describe = useProblemText();
  const roles = useRoles();
  return (
    <fieldset className={css["checks"]}>
      <legend>{t("admin.roles")}</legend>
      {roles.isPending ? <Skeleton height={60} /> : null}
      {roles.isError ? <p className={css["hint"]}>{describe(roles.error)}</p> : null}
      {roles.data?.items.map((role) => {
        const on = props.chosen.includes(role.id);
        return (
          <Check
            key={role.id}
            label={roleText(i18n, role)}
            hint={role.description ?? ""}
            checked={on}
            disabledReason={props.disabledReason ?? (role.abilities.grant ? null : t("admin.why_not_held"))}
            onChange={(next) =>
              props.onChange(next ? [...props.chosen, role.id] : props.chosen.filter((id) => id !== role.id))
            }
          />
        );
      })}
    </fieldset>
  );
}
