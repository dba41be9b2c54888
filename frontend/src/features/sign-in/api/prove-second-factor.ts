import type { ApiClient } from "@/api/client";
import type { SecondFactorProof } from "./model";
import { Me } from "@/api/model";

export function proveSecondFactor(api: ApiClient, proof: SecondFactorProof) {
  return api.read(Me, api.http.POST("/api/v1/session/second-factor", { body: proof }));
}
