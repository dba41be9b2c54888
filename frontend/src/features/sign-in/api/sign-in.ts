import type { ApiClient } from "@/api/client";
import { Me } from "@/api/model";

export function signIn(api: ApiClient, name: string, password: string): Promise<Me> {
  return api.read(Me, api.http.POST("/api/v1/session", { body: { name, password } }));
}
