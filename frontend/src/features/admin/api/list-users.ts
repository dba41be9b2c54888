import type { ApiClient } from "@/api/client";
import type { UserFilter } from "../people/people-search";
import { AdminUserPage } from "./model";

export function listUsers(api: ApiClient, filter: UserFilter, after: string | null, signal: AbortSignal) {
  return api.read(
    AdminUserPage,
    api.http.GET("/api/v1/admin/users", {
      params: { query: { ...filter, limit: 100, ...(after === null ? {} : { after }) } },
      signal,
    }),
  );
}
