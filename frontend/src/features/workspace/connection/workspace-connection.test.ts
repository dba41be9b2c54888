import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as NodeSocket, WebSocketServer } from "ws";
import { ApiClient } from "@/api/client";
import { Problem } from "@/api/problem";
import { startServer } from "@/testing/server";
import { backoffMs } from "./backoff";
import { WorkspaceConnection } from "./workspace-connection";

let server: Awaited<ReturnType<typeof startServer>>;
let sockets: WebSocketServer;
let connection: WorkspaceConnection | null = null;
const tickets = vi.fn();
/** What the connection takes for the time; sockets and their answers go by the real one. */
const clock = vi.fn(() => Date.now());

beforeEach(async () => {
  server = await startServer((_request, response) => response.end());
  sockets = new WebSocketServer({ server: server.server });
  tickets.mockReset();
  clock.mockReset().mockImplementation(() => Date.now());
});
afterEach(async () => {
  connection?.stop();
  for (const socket of sockets.clients) socket.terminate();
  await server.close();
});

function connect() {
  const made = new WorkspaceConnection(new ApiClient({ onSignedOut: () => undefined }), "w", {
    requestTicket: async () => {
      tickets();
      return { ticket: "t", base: "/ide/v1/workspaces/w" };
    },
    enterWorkspace: async () => ({
      workspace: { id: "w", name: "Soil", folder_id: "f" },
      user: { id: "u", name: "Mira" },
      can_write: true,
    }),
    openSocket: (url) => {
      const socket = new NodeSocket(server.origin.replace("http", "ws") + new URL(url).pathname);
      // A browser reports a refused upgrade by closing; here it is an error as well.
      socket.on("error", () => undefined);
      return socket as unknown as WebSocket;
    },
    now: clock,
  });
  connection = made;
  made.start();
  return made;
}
const phase = (made: WorkspaceConnection, wanted: string) =>
  vi.waitFor(() => expect(made.read().link.phase).toBe(wanted), { timeout: 4000 });
const say = (value: unknown) => {
  for (const socket of sockets.clients)
    socket.send(typeof value === "string" ? value : JSON.stringify(value));
};

describe("WorkspaceConnection", () => {
  it("goes by ticket and session to the events, and reads what is said", async () => {
    const made = connect();
    await phase(made, "open");
    say("not json");
    say({ type: "of tomorrow" });
    say({
      type: "state",
      state: "hydrating",
      progress: { files_done: 1, files_total: 2, bytes_done: 3, bytes_total: 4 },
    });
    await vi.waitFor(() =>
      expect(made.read().sandbox).toMatchObject({ state: "hydrating", progress: { files_total: 2 } }),
    );
    expect(made.read().session?.workspace.name).toBe("Soil");
  });

  it("comes back by itself with the session that it has", async () => {
    const made = connect();
    await phase(made, "open");
    for (const socket of sockets.clients) socket.terminate();
    await phase(made, "waiting");
    await phase(made, "open");
    expect(tickets).toHaveBeenCalledTimes(1);
  });

  it("asks for a new ticket when the session is not taken any more", async () => {
    const made = connect();
    await phase(made, "open");
    let refusals = 1;
    sockets.options.verifyClient = () => refusals-- <= 0;
    for (const socket of sockets.clients) socket.terminate();
    await phase(made, "waiting");
    await vi.waitFor(() => expect(tickets).toHaveBeenCalledTimes(2), { timeout: 6000 });
    await phase(made, "open");
  }, 10_000);

  it("does not come back by itself when the server ended it", async () => {
    const made = connect();
    await phase(made, "open");
    say({ type: "ended", code: "access_lost", message: "The role was taken away." });
    await phase(made, "ended");
    for (const socket of sockets.clients) socket.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(made.read().link).toEqual({
      phase: "ended",
      code: "access_lost",
      message: "The role was taken away.",
    });
    made.retryNow();
    await phase(made, "open");
    expect(tickets).toHaveBeenCalledTimes(2);
  });

  it("stands by a refusal", async () => {
    const made = new WorkspaceConnection(new ApiClient({ onSignedOut: () => undefined }), "w", {
      requestTicket: () => Promise.reject(new Problem({ code: "not_found", message: "", status: 404 })),
      enterWorkspace: () => Promise.reject(new Error("not reached")),
      openSocket: () => {
        throw new Error("not reached");
      },
      now: () => Date.now(),
    });
    connection = made;
    made.start();
    await phase(made, "refused");
  });

  it("counts processors from two reports", async () => {
    const made = connect();
    await phase(made, "open");
    const usage = {
      type: "usage",
      memory_bytes: 1,
      processes: 1,
      disk_bytes: 1,
      disk_limit_bytes: 1,
      files: 1,
      files_limit: 1,
    };
    const report = async (atMs: number, cpu_ms: number) => {
      clock.mockReturnValue(atMs);
      say({ ...usage, cpu_ms });
      await vi.waitFor(() => expect(made.read().usage?.cpu_ms).toBe(cpu_ms));
      return made.read().cpus;
    };
    expect(await report(10_000, 100)).toBeNull();
    expect(await report(10_600, 400)).toBe(0.5);
    // Too soon after the last one to tell anything, and a sandbox that began anew.
    expect(await report(11_000, 1400)).toBe(0.5);
    expect(await report(16_000, 0)).toBe(0.5);
    expect(await report(21_000, 10_000)).toBe(2);
  });
});

it("waits longer each time, but never long", () => {
  const middle = () => 0.5;
  expect([0, 1, 2, 3, 10, 100].map((attempt) => backoffMs(attempt, middle))).toEqual([
    500, 1000, 2000, 4000, 15_000, 15_000,
  ]);
});
