import { jsonBody, type ApiClient } from "@/api/client";
import type { Candidate, Role } from "./model";

/** Makes somebody a member, or gives a member another role. */
export async function setMember(
  api: ApiClient,
  spaceId: string,
  who: Pick<Candidate, "kind" | "id">,
  role: Role,
): Promise<void> {
  await api.send(`/api/v1/spaces/${spaceId}/members/${who.kind}s/${who.id}`, jsonBody("PUT", { role }));
}
