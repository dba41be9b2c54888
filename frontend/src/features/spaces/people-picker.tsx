// Finds a person or a group by name.
import { IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useApi } from "@/api/context";
import { fieldClasses } from "@/components/field";
import { SearchField } from "@/components/search-field";
import { Avatar } from "@/components/small";
import { useI18n } from "@/lib/i18n/i18n";
import { useProblemText } from "@/lib/problem-text";
import { visibleName } from "@/lib/visible-name";
import { findPeople } from "./api/find-people";
import type { Candidate } from "./api/model";
import css from "./spaces.module.css";

/** What the server asks for at least. */
const shortest = 2;

export function PeoplePicker(props: {
  label: string;
  kinds: readonly Candidate["kind"][];
  chosen: Candidate | null;
  onChoose: (who: Candidate) => void;
  /** Who cannot be chosen, by id. */
  without: ReadonlySet<string>;
  /** Why it cannot be sent. */
  error?: string | null;
}) {
  const { t } = useI18n();
  const api = useApi();
  const describe = useProblemText();
  const [q, setQ] = useState("");
  const wanted = q.trim();
  const found = useQuery({
    queryKey: ["people", wanted],
    queryFn: ({ signal }) => findPeople(api, wanted, signal),
    enabled: wanted.length >= shortest,
    staleTime: 30_000,
  });
  const hits =
    wanted.length < shortest
      ? []
      : (found.data?.items.filter((each) => props.kinds.includes(each.kind) && !props.without.has(each.id)) ??
        []);
  return (
    <div>
      <SearchField label={props.label} value={q} onChange={setQ} focus />
      <ul className={css["hits"]} aria-label={props.label}>
        {hits.map((each) => (
          <li key={each.id}>
            <button
              type="button"
              className={css["hit"]}
              aria-pressed={each.id === props.chosen?.id}
              onClick={() => props.onChoose(each)}
            >
              <Who who={each} />
            </button>
          </li>
        ))}
        {hits.length === 0 ? (
          <li className={css["none"]}>
            {wanted.length < shortest
              ? t("spaces.type_two")
              : found.isError
                ? describe(found.error)
                : found.isPending
                  ? t("files.loading")
                  : t("admin.nobody_found")}
          </li>
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

/** A person with picture and both names, or a group. */
export function Who({ who }: { who: Candidate }) {
  const { t } = useI18n();
  const name = visibleName(who.display_name ?? who.name);
  return (
    <>
      {who.kind === "user" ? (
        <Avatar id={who.id} name={name} size={26} />
      ) : (
        <span className={css["group"]} aria-hidden>
          <IconUsersGroup size={16} stroke={1.6} />
        </span>
      )}
      <span className={css["what"]}>
        <b className="cut" title={name}>
          {name}
        </b>
        <small className="cut">{who.kind === "user" ? who.name : t("spaces.group")}</small>
      </span>
    </>
  );
}
