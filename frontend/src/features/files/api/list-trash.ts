import type { ApiClient } from "@/api/client";
import { TrashedPage } from "@/api/model";

/** What was deleted in a space, newest first. */
export function listTrash(
  api: ApiClient,
  spaceId: string,
  after: string | null,
  signal: AbortSignal,
): Promise<TrashedPage> {
  const query = new URLSearchParams({ limit: "200", ...(after === null ? {} : { after }) });
  return api.readJson(TrashedPage, `/api/v1/spaces/${spaceId}/trash?${query}`, { signal });
}
