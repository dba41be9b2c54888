import type { ApiClient } from "@/api/client";
import { Group } from "./model";

export function renameGroup(api: ApiClient, id: string, name: string) {
  return api.read(
    Group,
    api.http.PATCH("/api/v1/admin/groups/{group_id}", { params: { path: { group_id: id } }, body: { name } }),
  );
}
