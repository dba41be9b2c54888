import type { ApiClient } from "@/api/client";

export async function withdrawInvitation(api: ApiClient, id: string): Promise<void> {
  await api.http.DELETE("/api/v1/admin/invitations/{invitation_id}", {
    params: { path: { invitation_id: id } },
  });
}
