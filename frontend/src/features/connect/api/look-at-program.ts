import type { ApiClient } from "@/api/client";
import { WaitingProgram } from "./model";

export function lookAtProgram(api: ApiClient, token: string, signal: AbortSignal) {
  const params = { path: { program_token: token } };
  return api.read(
    WaitingProgram,
    api.http.GET("/api/v1/account/programs/{program_token}", { params, signal }),
  );
}
