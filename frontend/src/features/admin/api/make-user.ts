import type { ApiClient } from "@/api/client";
import { NewUser, type UserDraft } from "./model";

export function makeUser(api: ApiClient, draft: UserDraft) {
  return api.read(NewUser, api.http.POST("/api/v1/admin/users", { body: draft }));
}
