import { jsonBody, type ApiClient } from "@/api/client";

/** In bytes; `null`: as the server has it for all. */
export async function setQuota(api: ApiClient, spaceId: string, quota: number | null): Promise<void> {
  await api.send(`/api/v1/admin/spaces/${spaceId}/quota`, jsonBody("PUT", { quota }));
}
