import { jsonBody, type ApiClient } from "@/api/client";

/** Somebody else manages it from then on; whoever asked stays as editor. */
export async function transferSpace(api: ApiClient, id: string, userId: string): Promise<void> {
  await api.send(`/api/v1/spaces/${id}/transfer`, jsonBody("POST", { user_id: userId }));
}
