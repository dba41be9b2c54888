import type { ApiClient } from "@/api/client";

export async function setFavourite(api: ApiClient, id: string, on: boolean): Promise<void> {
  await api.send(`/api/v1/nodes/${id}/favourite`, { method: on ? "PUT" : "DELETE" });
}
