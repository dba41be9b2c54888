// The link to one workspace: ticket, session, events, and the way back when it breaks. Knows nothing of React.
import * as v from "valibot";
import type { ApiClient } from "@/api/client";
import { Problem, asProblem } from "@/api/problem";
import { Ide } from "../api/ide";
import {
  WorkspaceEvent,
  type IdeSession,
  type StateEvent,
  type SyncEvent,
  type UsageEvent,
} from "../api/model";
import { enterWorkspace } from "../api/enter-workspace";
import { requestTicket } from "../api/request-ticket";
import { backoffMs } from "./backoff";

export type Link =
  | { phase: "ticket" | "session" | "connecting" | "open" }
  /** Lost; the next attempt is at `retryAt` (ms since 1970). */
  | { phase: "waiting"; retryAt: number; problem: Problem | null }
  /** The server ended it for a reason; nothing is tried by itself. */
  | { phase: "ended"; code: string; message: string }
  /** There is no such workspace for this person, or the server refuses. */
  | { phase: "refused"; problem: Problem };

export interface ConnectionState {
  link: Link;
  session: IdeSession | null;
  ide: Ide | null;
  sandbox: StateEvent | null;
  sync: SyncEvent | null;
  usage: UsageEvent | null;
  /** Processors in use, from the last two reports. */
  cpus: number | null;
}

type Listener = () => void;
type EventListener = (event: WorkspaceEvent) => void;

interface Ports {
  requestTicket: typeof requestTicket;
  enterWorkspace: typeof enterWorkspace;
  openSocket: (url: string) => WebSocket;
  now: () => number;
}

const browserPorts: Ports = {
  requestTicket,
  enterWorkspace,
  openSocket: (url) => new WebSocket(url),
  now: () => Date.now(),
};

const pingMs = 20_000;
/** Reports of use come every 5 s; without one for this long the link is dead although nobody said so. */
const silenceMs = 45_000;

export class WorkspaceConnection {
  private state: ConnectionState = {
    link: { phase: "ticket" },
    session: null,
    ide: null,
    sandbox: null,
    sync: null,
    usage: null,
    cpus: null,
  };
  private readonly listeners = new Set<Listener>();
  private readonly eventListeners = new Set<EventListener>();
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinger: ReturnType<typeof setInterval> | undefined;
  private attempt = 0;
  private needsTicket = true;
  private running = false;
  private heardAt = 0;
  private usageAt = 0;
  private entering: Promise<Ide> | null = null;

  constructor(
    private readonly api: ApiClient,
    private readonly workspaceId: string,
    private readonly ports: Ports = browserPorts,
  ) {}

  readonly subscribe = (listener: Listener) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = (): ConnectionState => this.state;

  onEvent(listener: EventListener): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    window.addEventListener("online", this.retryNow);
    void this.connect();
  }

  stop(): void {
    this.running = false;
    window.removeEventListener("online", this.retryNow);
    clearTimeout(this.timer);
    this.closeSocket();
  }

  /** Tries again at once, also after the server ended the session. */
  readonly retryNow = (): void => {
    if (!this.running || this.state.link.phase === "open") return;
    clearTimeout(this.timer);
    this.attempt = 0;
    if (this.state.link.phase === "ended") this.needsTicket = true;
    void this.connect();
  };

  private set(change: Partial<ConnectionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  private async connect(): Promise<void> {
    try {
      const ide = this.needsTicket || !this.state.ide ? await this.enter(true) : this.state.ide;
      if (this.running) this.listen(ide);
    } catch (error) {
      if (!this.running) return;
      const problem = asProblem(error);
      const final =
        problem.status >= 400 && problem.status < 500 && problem.status !== 429 && problem.status !== 408;
      // A ticket that ran out on the way is no refusal: the next one may pass.
      if (final && problem.code !== "ticket_invalid") this.set({ link: { phase: "refused", problem } });
      else this.wait(problem);
    }
  }

  /** Ticket and session; calls that meet at the same time share one. */
  private enter(show: boolean): Promise<Ide> {
    this.entering ??= (async () => {
      if (show) this.set({ link: { phase: "ticket" } });
      const { ticket, base } = await this.ports.requestTicket(this.api, this.workspaceId);
      if (show) this.set({ link: { phase: "session" } });
      const session = await this.ports.enterWorkspace(this.api, base, ticket);
      this.needsTicket = false;
      const ide = this.state.ide ?? new Ide(this.api, base, async () => void (await this.enter(false)));
      this.set({ session, ide });
      return ide;
    })().finally(() => {
      this.entering = null;
    });
    return this.entering;
  }

  private listen(ide: Ide): void {
    this.closeSocket();
    this.set({ link: { phase: "connecting" } });
    const socket = this.ports.openSocket(ide.socketUrl("events"));
    this.socket = socket;
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.attempt = 0;
      this.heardAt = this.ports.now();
      this.set({ link: { phase: "open" } });
      this.pinger = setInterval(() => this.ping(socket), pingMs);
    };
    socket.onmessage = (message: MessageEvent<unknown>) => {
      this.heardAt = this.ports.now();
      if (typeof message.data === "string") this.receive(message.data);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.closeSocket();
      // Refused before it opened: the session is probably gone.
      if (!opened) this.needsTicket = true;
      if (this.running && this.state.link.phase !== "ended") this.wait(null);
    };
  }

  private ping(socket: WebSocket): void {
    if (this.ports.now() - this.heardAt > silenceMs) {
      socket.close();
      return;
    }
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "ping" }));
  }

  private receive(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return;
    }
    const parsed = v.safeParse(WorkspaceEvent, json);
    // Messages of a newer server that this page does not know are left out.
    if (!parsed.success) return;
    const event = parsed.output;
    switch (event.type) {
      case "state":
        this.set({ sandbox: event, ...(event.state === "ready" ? {} : { usage: null, cpus: null }) });
        break;
      case "sync":
        this.set({ sync: event });
        break;
      case "usage":
        this.set({ usage: event, cpus: this.cpusFrom(event) });
        break;
      case "ended":
        // A cloud that was away too long may be back: this is tried again, all else waits for the person.
        if (event.code === "cloud_unreachable") this.needsTicket = true;
        else this.set({ link: { phase: "ended", code: event.code, message: event.message } });
        break;
      default:
        break;
    }
    for (const listener of this.eventListeners) listener(event);
  }

  private cpusFrom(now: UsageEvent): number | null {
    const at = this.ports.now();
    const before = this.state.usage;
    const elapsed = at - this.usageAt;
    this.usageAt = at;
    if (!before || elapsed < 500 || now.cpu_ms < before.cpu_ms) return this.state.cpus;
    return (now.cpu_ms - before.cpu_ms) / elapsed;
  }

  private wait(problem: Problem | null): void {
    const ms = backoffMs(this.attempt);
    this.attempt += 1;
    this.set({ link: { phase: "waiting", retryAt: this.ports.now() + ms, problem } });
    this.timer = setTimeout(() => void this.connect(), ms);
  }

  private closeSocket(): void {
    clearInterval(this.pinger);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
