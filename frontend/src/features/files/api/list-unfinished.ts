// Uploads that were begun and not ended: the server keeps what arrived of them for a while.
import * as v from "valibot";
import type { ApiClient } from "@/api/client";

export const Unfinished = v.object({
  id: v.string(),
  filename: v.nullish(v.string(), null),
  folder_id: v.nullish(v.string(), null),
  /** Bytes in all; `null` while that was not said. */
  length: v.nullish(v.number(), null),
  /** Bytes that arrived. */
  offset: v.number(),
});
export type Unfinished = v.InferOutput<typeof Unfinished>;
const Answer = v.object({ items: v.array(Unfinished) });

export async function listUnfinished(api: ApiClient, signal: AbortSignal): Promise<Unfinished[]> {
  return (await api.readJson(Answer, "/api/v1/uploads", { signal })).items;
}
