import type { ApiClient } from "@/api/client";
import { NodePage } from "@/api/model";

export function listFavourites(api: ApiClient, after: string | null, signal: AbortSignal): Promise<NodePage> {
  const query = new URLSearchParams({ limit: "200", ...(after === null ? {} : { after }) });
  return api.readJson(NodePage, `/api/v1/favourites?${query}`, { signal });
}
