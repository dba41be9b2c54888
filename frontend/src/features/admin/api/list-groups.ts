import type { ApiClient } from "@/api/client";
import { allPages } from "@/lib/all-pages";
import { Groups } from "./model";

export function listGroups(api: ApiClient, signal: AbortSignal) {
  return allPages((after) =>
    api.read(
      Groups,
      api.http.GET("/api/v1/admin/groups", {
        params: { query: { limit: 200, ...(after === null ? {} : { after }) } },
        signal,
      }),
    ),
  );
}
