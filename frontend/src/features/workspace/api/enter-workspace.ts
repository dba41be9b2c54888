// The IDE backend takes the ticket that the cloud backend gave.
import { jsonBody, type ApiClient } from "@/api/client";
import { IdeSession } from "./model";

export function enterWorkspace(api: ApiClient, base: string, ticket: string): Promise<IdeSession> {
  return api.readJson(IdeSession, `${base}/session`, jsonBody("POST", { ticket }));
}
