// @vitest-environment node
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { startServer } from "@/testing/server";
import { ApiClient, type ApiClientOptions } from "./client";
import { Problem } from "./problem";

let server: Awaited<ReturnType<typeof startServer>>;
/** Whether the short session is over. */
let over: boolean;
let refreshed: number;
let refreshAnswer: { status: number; code: string } | null;
let bodies: string[];
let refusal: string | null;
const onSignedOut = vi.fn();

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

beforeEach(async () => {
  over = true;
  refreshed = 0;
  refreshAnswer = null;
  bodies = [];
  refusal = null;
  onSignedOut.mockReset();
  server = await startServer((request, response) => {
    void (async () => {
      const text = await bodyOf(request);
      const say = (status: number, code: string) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify({ error: { code, message: code, request_id: "r" } }));
      };
      if (request.url === "/api/v1/session/refresh") {
        refreshed += 1;
        // Long enough for others to find the session over, too.
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (refreshAnswer) return say(refreshAnswer.status, refreshAnswer.code);
        over = false;
        response.writeHead(204).end();
        return;
      }
      if (over) return say(401, "session_expired");
      if (refusal) return say(403, refusal);
      bodies.push(text);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    })();
  });
  vi.stubGlobal("window", { location: { origin: server.origin } });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

const client = (options: Partial<ApiClientOptions> = {}) =>
  new ApiClient({ onSignedOut, origin: server.origin, ...options });
const rename = (api: ApiClient, name: string) =>
  api.http.PATCH("/api/v1/nodes/{node_id}", { params: { path: { node_id: "n" } }, body: { name } });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error as Problem,
  );

it("renews a session that is over once for all requests, and repeats each with its body", async () => {
  const api = client();
  await Promise.all(["a", "b", "c"].map((name) => rename(api, name)));
  expect(refreshed).toBe(1);
  expect(bodies.map((body) => (JSON.parse(body) as { name: string }).name).sort()).toEqual(["a", "b", "c"]);
  expect(onSignedOut).not.toHaveBeenCalled();
});

it("repeats what does not pass it, such as an upload", async () => {
  const api = client();
  const attempt = vi.fn(() =>
    over
      ? Promise.reject(new Problem({ code: "session_expired", message: "", status: 401 }))
      : Promise.resolve("stored"),
  );
  await expect(api.repeat("/api/v1/nodes/n/files?name=x", attempt)).resolves.toBe("stored");
  expect(attempt).toHaveBeenCalledTimes(2);
});

it("does not renew twice for one request", async () => {
  const api = client();
  const attempt = vi.fn(() =>
    Promise.reject(new Problem({ code: "session_expired", message: "", status: 401 })),
  );
  expect(await failure(api.repeat("/api/v1/spaces", attempt))).toMatchObject({ code: "session_expired" });
  expect(attempt).toHaveBeenCalledTimes(2);
  expect(onSignedOut).toHaveBeenCalledOnce();
});

it.each(["not_signed_in", "session_reused"])("signs out when the renewal says %s", async (code) => {
  refreshAnswer = { status: 401, code };
  expect(await failure(rename(client(), "a"))).toMatchObject({ code });
  expect(onSignedOut).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }));
});

it("keeps the person signed in when the renewal fails for another reason", async () => {
  refreshAnswer = { status: 503, code: "unavailable" };
  expect(await failure(rename(client(), "a"))).toMatchObject({ code: "unavailable" });
  expect(onSignedOut).not.toHaveBeenCalled();
});

it("does not keep a session alive that nobody uses", async () => {
  const problem = await failure(rename(client({ mayRefresh: () => false }), "a"));
  expect(problem).toMatchObject({ code: "session_idle" });
  expect(refreshed).toBe(0);
  expect(onSignedOut).toHaveBeenCalledOnce();
});

it("leaves the sessions of the IDE backend alone", async () => {
  expect(await failure(client().send(`${server.origin}/ide/v1/workspaces/w/tree`))).toMatchObject({
    code: "session_expired",
  });
  expect(refreshed).toBe(0);
  expect(onSignedOut).not.toHaveBeenCalled();
});

it("asks for a proof and repeats the request with its body", async () => {
  over = false;
  refusal = "elevation_required";
  const onProofNeeded = vi.fn(() => {
    refusal = null;
    return Promise.resolve();
  });
  await rename(client({ onProofNeeded }), "a");
  expect(onProofNeeded).toHaveBeenCalledOnce();
  expect(bodies).toEqual(['{"name":"a"}']);
});

it("asks for a proof once and then takes the no", async () => {
  over = false;
  refusal = "confirmation_required";
  const onProofNeeded = vi.fn(() => Promise.resolve());
  expect(await failure(rename(client({ onProofNeeded }), "a"))).toMatchObject({ code: refusal });
  expect(onProofNeeded).toHaveBeenCalledOnce();
});

it("does not take a wrong password for the end of the session", async () => {
  over = false;
  const attempt = () =>
    Promise.reject(new Problem({ code: "credentials_invalid", message: "", status: 401 }));
  await failure(client().repeat("/api/v1/account/password", attempt));
  expect(onSignedOut).not.toHaveBeenCalled();
});

it.each(["second_factor_missing", "second_factor_required"])("reports %s", async (code) => {
  over = false;
  refusal = code;
  const onFactorNeeded = vi.fn();
  await failure(rename(client({ onFactorNeeded }), "a"));
  expect(onFactorNeeded).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }));
});
