import { useQuery } from "@tanstack/react-query";
import { useApi } from "@/api/context";
import { Setup } from "@/api/model";

export const setupStateKey = ["setup"] as const;

/** Whether this server still waits for its first administrator. */
export function useSetupState() {
  const api = useApi();
  return useQuery({
    queryKey: setupStateKey,
    queryFn: ({ signal }) => api.read(Setup, api.http.GET("/api/v1/setup", { signal })),
    staleTime: 0,
  });
}
