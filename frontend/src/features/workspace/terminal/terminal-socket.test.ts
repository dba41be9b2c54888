import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WebSocket as NodeSocket, WebSocketServer, type WebSocket as ServerSocket } from "ws";
import { startServer } from "@/testing/server";
import { TerminalSocket } from "./terminal-socket";

let server: Awaited<ReturnType<typeof startServer>>;
let sockets: WebSocketServer;
let socket: TerminalSocket;
let text = "";
const heard: (string | Buffer)[] = [];
const screen = {
  reset: () => {
    text = "";
  },
  write: (bytes: Uint8Array) => {
    text += new TextDecoder().decode(bytes);
  },
  size: () => ({ cols: 80, rows: 24 }),
  exited: vi.fn(),
  linked: vi.fn(),
  refused: vi.fn(),
};

beforeEach(async () => {
  server = await startServer((_request, response) => response.end());
  sockets = new WebSocketServer({ server: server.server });
  sockets.on("connection", (client: ServerSocket) => {
    client.send(Buffer.from("scrollback"));
    client.on("message", (data: Buffer, binary) => heard.push(binary ? data : data.toString()));
  });
  heard.length = 0;
  screen.exited.mockReset();
  screen.refused.mockReset();
  socket = new TerminalSocket(
    server.origin.replace("http", "ws"),
    screen,
    (url) => new NodeSocket(url) as unknown as WebSocket,
  );
  socket.connect();
});
afterEach(async () => {
  socket.close();
  for (const client of sockets.clients) client.terminate();
  await server.close();
});
const client = () =>
  vi.waitFor(() => expect(sockets.clients.size).toBe(1)).then(() => [...sockets.clients][0]!);

it("shows the scrollback, tells its size and sends bytes", async () => {
  await vi.waitFor(() => expect(text).toBe("scrollback"));
  socket.send(new TextEncoder().encode("ls\r"));
  await vi.waitFor(() =>
    expect(heard).toEqual(['{"type":"resize","cols":80,"rows":24}', Buffer.from("ls\r")]),
  );
});

it("comes back after a break without doubling the screen", async () => {
  await vi.waitFor(() => expect(text).toBe("scrollback"));
  (await client()).terminate();
  await vi.waitFor(() => expect(screen.linked).toHaveBeenLastCalledWith(false));
  await vi.waitFor(() => expect(screen.linked).toHaveBeenLastCalledWith(true), { timeout: 4000 });
  await vi.waitFor(() => expect(text).toBe("scrollback"));
});

it("stays away once the shell has ended", async () => {
  (await client()).send('{"type":"exited","code":3}');
  await vi.waitFor(() => expect(screen.exited).toHaveBeenCalledWith(3));
  (await client()).close();
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(sockets.clients.size).toBe(0);
});

it("gives up when nobody is ever let in, until a person asks again", async () => {
  await client();
  let tries = 0;
  let full = true;
  sockets.options.verifyClient = (_info, answer) => {
    tries += 1;
    answer(!full, 429);
  };
  const refused = new TerminalSocket(
    server.origin.replace("http", "ws"),
    screen,
    (url) => {
      const made = new NodeSocket(url);
      // A browser reports a refused upgrade by closing; here it is an error as well.
      made.on("error", () => undefined);
      return made as unknown as WebSocket;
    },
    () => 1,
  );
  refused.connect();
  await vi.waitFor(() => expect(screen.refused).toHaveBeenCalledOnce());
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(tries).toBe(5);
  full = false;
  screen.linked.mockReset();
  refused.retry();
  await vi.waitFor(() => expect(screen.linked).toHaveBeenLastCalledWith(true));
  refused.close();
});
