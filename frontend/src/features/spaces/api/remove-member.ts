import type { ApiClient } from "@/api/client";
import type { Candidate } from "./model";

export async function removeMember(
  api: ApiClient,
  spaceId: string,
  who: Pick<Candidate, "kind" | "id">,
): Promise<void> {
  await api.send(`/api/v1/spaces/${spaceId}/members/${who.kind}s/${who.id}`, { method: "DELETE" });
}
