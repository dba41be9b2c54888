import { jsonBody, type ApiClient } from "@/api/client";
import { Space } from "@/api/model";

export interface SpaceChange {
  name?: string;
  description?: string;
  /** `null`: as the server has it. */
  keep_versions?: number | null;
  keep_trash_days?: number | null;
}

export function changeSpace(api: ApiClient, id: string, change: SpaceChange): Promise<Space> {
  return api.readJson(Space, `/api/v1/spaces/${id}`, jsonBody("PATCH", change));
}
