// Whose trash is shown, as the address holds it.
import * as v from "valibot";

export const trashSearch = v.object({ space: v.optional(v.fallback(v.string(), "")) });
