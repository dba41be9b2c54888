import type { ApiClient } from "@/api/client";
import { LogPage } from "@/api/model";
import type { LogFilter } from "../log-search";

/** Newest first; `before` is the index to go on from. */
export function listEntries(api: ApiClient, filter: LogFilter, before: number | null, signal: AbortSignal) {
  return api.read(
    LogPage,
    api.http.GET("/api/v1/audit/entries", {
      params: { query: { ...filter, limit: 300, ...(before === null ? {} : { before }) } },
      signal,
    }),
  );
}
