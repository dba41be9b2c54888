import { parseAnswer, type ApiClient } from "@/api/client";
import { Me } from "@/api/model";
import { SecondStep, type Method } from "./model";

export type SignedIn = { me: Me } | { methods: readonly Method[] };

/** Either somebody is signed in, or a second step follows. */
export async function signIn(
  api: ApiClient,
  body: { name: string; password: string; stay: boolean },
): Promise<SignedIn> {
  const { data, response } = await api.http.POST("/api/v1/session", { body });
  const requestId = response.headers.get("x-request-id");
  return response.status === 202
    ? parseAnswer(SecondStep, data, requestId)
    : { me: parseAnswer(Me, data, requestId) };
}
