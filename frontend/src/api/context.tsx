import { createContext, useContext } from "react";
import type { ApiClient } from "./client";

const Context = createContext<ApiClient | null>(null);

export const ApiProvider = Context.Provider;

export function useApi(): ApiClient {
  const api = useContext(Context);
  if (!api) throw new Error("ApiProvider is missing");
  return api;
}
