// What the address of a folder says besides the folder: filter, item in hand, open panel, what is looked at.
import * as v from "valibot";

export const filesSearch = v.object({
  q: v.optional(v.fallback(v.string(), "")),
  item: v.optional(v.fallback(v.string(), "")),
  /** The picture or film that fills the window. */
  view: v.optional(v.fallback(v.string(), "")),
  panel: v.optional(v.fallback(v.picklist(["details", "none"]), "none")),
});
export type FilesSearch = v.InferOutput<typeof filesSearch>;
