// What the address of a workspace holds: open files, the one in front, and which parts are shown.
import * as v from "valibot";

export const workspaceSearch = v.object({
  file: v.optional(v.fallback(v.string(), "")),
  tabs: v.optional(v.fallback(v.array(v.string()), [])),
  /** The explorer on the left; shown unless hidden. */
  side: v.optional(v.fallback(v.picklist(["hidden", ""]), "")),
  /** The terminals below; shown unless hidden. */
  panel: v.optional(v.fallback(v.picklist(["hidden", ""]), "")),
  terminal: v.optional(v.fallback(v.string(), "")),
  /** On a phone one part fills the screen. */
  view: v.optional(v.fallback(v.picklist(["explorer", "editor", "terminal"]), "explorer")),
});
export type WorkspaceSearch = v.InferOutput<typeof workspaceSearch>;

/** A change, or one that is made from what the address holds when it is made. */
export type ChangeSearch = (
  change: Partial<WorkspaceSearch> | ((now: WorkspaceSearch) => Partial<WorkspaceSearch>),
) => void;
