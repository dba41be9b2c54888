// Which roles somebody has. A role that the person may not give says why, or is not there where none is held yet.
import { Skeleton } from "@mantine/core";
import { asProblem } from "@/api/problem";
import { Check } from "@/components/check";
import { fieldClasses } from "@/components/field";
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
  /** For an account that does not exist yet: only roles that can be given. */
  onlyGrantable?: boolean;
  /** Why the choice cannot be sent. */
  error?: string | null;
}) {
  const i18n = useI18n();
  const { t } = i18n;
  const describe = useProblemText();
  const roles = useRoles();
  const shown = roles.data?.items.filter((role) => role.abilities.grant || !props.onlyGrantable);
  if (noRoles(roles.error) || shown?.length === 0) return null;
  return (
    <fieldset className={css["checks"]}>
      <legend>{t("admin.roles")}</legend>
      {roles.isPending ? <Skeleton height={60} /> : null}
      {roles.isError ? <p className={css["hint"]}>{describe(roles.error)}</p> : null}
      {shown?.map((role) => {
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
      {props.error ? (
        <p className={fieldClasses.error} role="alert">
          {props.error}
        </p>
      ) : null}
    </fieldset>
  );
}

/** Somebody who manages people need not be somebody who may read roles. */
function noRoles(error: unknown): boolean {
  return Boolean(error) && [403, 404].includes(asProblem(error).status);
}

/** Whether there is a role to choose; before the answer came, there is. */
export function useGrantableRoles(): boolean {
  const roles = useRoles();
  if (noRoles(roles.error)) return false;
  return roles.data?.items.some((role) => role.abilities.grant) ?? true;
}
