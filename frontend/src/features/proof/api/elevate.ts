import type { ApiClient } from "@/api/client";
import type { ElevationProof } from "./model";
import { Elevation } from "./model";

export function elevate(api: ApiClient, proof: ElevationProof) {
  return api.read(Elevation, api.http.POST("/api/v1/session/elevation", { body: proof }));
}
