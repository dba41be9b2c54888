import * as v from "valibot";
import type { ApiClient } from "@/api/client";
import { Node } from "@/api/model";

const Recents = v.object({ items: v.array(v.object({ node: Node, at: v.string() })) });
export type Recents = v.InferOutput<typeof Recents>;

/** What one worked with last, newest first. */
export function listRecents(api: ApiClient, signal: AbortSignal): Promise<Recents> {
  return api.readJson(Recents, "/api/v1/recents?limit=100", { signal });
}
