import type { ApiClient } from "@/api/client";

export async function removePicture(api: ApiClient): Promise<void> {
  await api.http.DELETE("/api/v1/session/user/picture");
}
