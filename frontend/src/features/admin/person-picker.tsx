// Finds one person by name.
import { useState } from "react";
import { useApi } from "@/api/context";
import { fieldClasses } from "@/components/field";
import { SearchField } from "@/components/search-field";
import { Avatar } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import css from "./admin.module.css";
import { listUsers } from "./api/list-users";
import type { AdminUser } from "./api/model";
import { adminKeys, useAdminQuery } from "./use-admin-query";

export function PersonPicker(props: {
  label: string;
  chosen: string | null;
  onChoose: (user: AdminUser) => void;
  /** Who cannot be chosen. */
  without: readonly string[];
  /** Why it cannot be sent. */
  error?: string | null;
}) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const [q, setQ] = useState("");
  const found = useAdminQuery([...adminKeys.users, "pick", q], (signal) =>
    listUsers(api, { ...(q ? { q } : {}), state: "active" }, null, signal),
  );
  const people = found.data?.items.filter((user) => !props.without.includes(user.id)) ?? [];
  return (
    <div>
      <SearchField label={props.label} value={q} onChange={setQ} focus />
      <ul className={css["hits"]} aria-label={props.label} style={{ marginTop: 8 }}>
        {people.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              className={css["hit"]}
              aria-pressed={user.id === props.chosen}
              onClick={() => props.onChoose(user)}
            >
              <Avatar id={user.id} name={user.display_name} size={22} />
              <span className="cut">
                {user.display_name} <span className="muted">{user.name}</span>
              </span>
            </button>
          </li>
        ))}
        {found.isError ? <li className={css["more"]}>{describe(found.error)}</li> : null}
        {found.data && people.length === 0 ? (
          <li className={css["more"]}>{t("admin.nobody_found")}</li>
        ) : null}
      </ul>
      {props.error ? (
        <p className={fieldClasses.error} role="alert">
          {props.error}
        </p>
      ) : null}
    </div>
  );
}
