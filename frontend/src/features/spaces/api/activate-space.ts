import type { ApiClient } from "@/api/client";

/** Takes a space out of the archive. */
export async function activateSpace(api: ApiClient, id: string): Promise<void> {
  await api.send(`/api/v1/spaces/${id}/activation`, { method: "POST" });
}
