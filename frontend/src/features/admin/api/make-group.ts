import type { ApiClient } from "@/api/client";
import { Group } from "./model";

export function makeGroup(api: ApiClient, name: string) {
  return api.read(Group, api.http.POST("/api/v1/admin/groups", { body: { name } }));
}
