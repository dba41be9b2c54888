import * as v from "valibot";
import type { ApiClient } from "@/api/client";

const Answer = v.object({ purged: v.number() });

/** Deletes a part of a trash for good and says how many; asked again until it is none. */
export async function emptyTrash(api: ApiClient, spaceId: string, signal: AbortSignal): Promise<number> {
  const answer = await api.readJson(Answer, `/api/v1/spaces/${spaceId}/trash`, { method: "DELETE", signal });
  return answer.purged;
}
