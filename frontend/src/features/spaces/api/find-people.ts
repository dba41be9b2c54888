import type { ApiClient } from "@/api/client";
import { Candidates } from "./model";

/** People and groups whose name holds a text of at least two characters. */
export function findPeople(api: ApiClient, q: string, signal: AbortSignal) {
  const query = new URLSearchParams({ q, limit: "20" });
  return api.readJson(Candidates, `/api/v1/people?${query}`, { signal });
}
