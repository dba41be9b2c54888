import { jsonBody, type ApiClient } from "@/api/client";
import { Space } from "@/api/model";

/** A team space; whoever makes it manages it. */
export function makeSpace(api: ApiClient, space: { name: string; description: string }): Promise<Space> {
  return api.readJson(Space, "/api/v1/spaces", jsonBody("POST", space));
}
