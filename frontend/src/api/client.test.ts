// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startServer } from "@/testing/server";
import { ApiClient } from "./client";
import { Me, Setup } from "./model";
import { Problem } from "./problem";

let answer: { status: number; body: string; headers?: Record<string, string> };
let server: Awaited<ReturnType<typeof startServer>>;
const onSignedOut = vi.fn();

beforeEach(async () => {
  server = await startServer((_request, response) => {
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body);
  });
  vi.stubGlobal("window", { location: { origin: server.origin } });
  onSignedOut.mockReset();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
});

const client = () => new ApiClient({ onSignedOut, origin: server.origin });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("no failure");
    },
    (error: unknown) => error as Problem,
  );

describe("ApiClient", () => {
  it("reads an answer that has the agreed shape", async () => {
    answer = { status: 200, body: '{"open":true,"later":"ignored"}' };
    const api = client();
    await expect(api.read(Setup, api.http.GET("/api/v1/setup"))).resolves.toEqual({ open: true });
  });
  it("refuses an answer of another shape, and says where it differs", async () => {
    answer = { status: 200, body: '{"open":"yes"}', headers: { "x-request-id": "r-1" } };
    const api = client();
    const problem = await failure(api.read(Setup, api.http.GET("/api/v1/setup")));
    expect(problem).toMatchObject({ code: "unreadable_answer", requestId: "r-1" });
    expect(problem.message).toContain("open");
  });
  it("turns the envelope into a problem", async () => {
    answer = {
      status: 422,
      body: '{"error":{"code":"name_invalid","message":"No.","field":"name","request_id":"r-2"}}',
    };
    const api = client();
    const call = api.http.POST("/api/v1/nodes/{node_id}/folders", {
      params: { path: { node_id: "x" } },
      body: { name: "/" },
    });
    expect(await failure(call)).toMatchObject({
      code: "name_invalid",
      status: 422,
      field: "name",
      requestId: "r-2",
    });
    expect(onSignedOut).not.toHaveBeenCalled();
  });
  it("survives a page of a proxy", async () => {
    answer = { status: 502, body: "<h1>Bad gateway</h1>", headers: { "x-request-id": "r-3" } };
    const api = client();
    expect(await failure(api.http.GET("/api/v1/spaces"))).toMatchObject({
      code: "http_502",
      requestId: "r-3",
    });
  });
  it("says that nobody answers", async () => {
    await server.close();
    const api = client();
    expect(await failure(api.http.GET("/api/v1/spaces"))).toMatchObject({ code: "offline", status: 0 });
    server = await startServer(() => undefined);
  });
  it("reports the end of the session, except where the answer is about signing in itself", async () => {
    answer = { status: 401, body: '{"error":{"code":"not_signed_in","message":"","request_id":"r"}}' };
    const api = client();
    await failure(api.read(Me, api.http.GET("/api/v1/session")));
    expect(onSignedOut).not.toHaveBeenCalled();
    await failure(api.http.GET("/api/v1/spaces"));
    expect(onSignedOut).toHaveBeenCalledOnce();
  });
});
