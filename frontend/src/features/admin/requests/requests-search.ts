// Which requests are shown, as the address holds it.
import * as v from "valibot";

export const requestStates = ["pending", "all"] as const;
export const requestsSearch = v.object({
  show: v.optional(v.fallback(v.picklist(requestStates), "pending")),
});
