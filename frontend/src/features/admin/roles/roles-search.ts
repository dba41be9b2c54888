// Which role is open, as the address holds it.
import * as v from "valibot";

export const rolesSearch = v.object({ role: v.optional(v.fallback(v.string(), "")) });
