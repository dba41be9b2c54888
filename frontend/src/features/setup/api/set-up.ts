import type { ApiClient } from "@/api/client";
import { Me } from "@/api/model";
import type { Language } from "@/lib/i18n/i18n";

export interface NewAdministrator {
  token: string;
  name: string;
  display_name: string;
  password: string;
  language: Language;
}

export function setUp(api: ApiClient, body: NewAdministrator): Promise<Me> {
  return api.read(Me, api.http.POST("/api/v1/setup", { body }));
}
