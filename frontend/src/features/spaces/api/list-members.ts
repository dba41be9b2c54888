import type { ApiClient } from "@/api/client";
import { Members } from "./model";

export function listMembers(api: ApiClient, spaceId: string, signal: AbortSignal) {
  return api.readJson(Members, `/api/v1/spaces/${spaceId}/members`, { signal });
}
