// What is looked for among the people, and who is open, as the address holds it.
import * as v from "valibot";

const text = () => v.optional(v.fallback(v.string(), ""));
export const userStates = ["active", "disabled", "deleted"] as const;

export const peopleSearch = v.object({
  q: text(),
  state: v.optional(v.fallback(v.picklist([...userStates, ""]), "")),
  user: text(),
});
export type PeopleSearch = v.InferOutput<typeof peopleSearch>;

export interface UserFilter {
  q?: string;
  state?: (typeof userStates)[number];
}

export function filterOf(search: PeopleSearch): UserFilter {
  return { ...(search.q ? { q: search.q } : {}), ...(search.state ? { state: search.state } : {}) };
}
