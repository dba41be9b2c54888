import type { ApiClient } from "@/api/client";
import { SpacesInUse } from "./model";

/** All spaces of the server with what they hold; nothing of their content. */
export function listSpaces(api: ApiClient, after: string | null, signal: AbortSignal): Promise<SpacesInUse> {
  const query = new URLSearchParams({ limit: "100", ...(after === null ? {} : { after }) });
  return api.readJson(SpacesInUse, `/api/v1/admin/spaces?${query}`, { signal });
}
