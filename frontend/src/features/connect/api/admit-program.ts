import type { ApiClient } from "@/api/client";

export async function admitProgram(api: ApiClient, token: string): Promise<void> {
  const params = { path: { program_token: token } };
  await api.http.POST("/api/v1/account/programs/{program_token}", { params });
}
