// Which group is open, as the address holds it.
import * as v from "valibot";

export const groupsSearch = v.object({ group: v.optional(v.fallback(v.string(), "")) });
