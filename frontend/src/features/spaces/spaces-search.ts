// Whose settings are open, and whether archived spaces are shown, as the address holds it.
import * as v from "valibot";

export const spacesSearch = v.object({
  space: v.optional(v.fallback(v.string(), "")),
  archived: v.optional(v.fallback(v.boolean(), false)),
});
