import type { ApiClient } from "@/api/client";

export async function putPicture(api: ApiClient, picture: Blob): Promise<void> {
  await api.send("/api/v1/session/user/picture", {
    method: "PUT",
    headers: { "content-type": picture.type },
    body: picture,
  });
}
