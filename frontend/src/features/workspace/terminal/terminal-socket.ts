// The line to one terminal: bytes both ways, and back again after a break. The server repeats what was on the screen.
import * as v from "valibot";
import { backoffMs } from "../connection/backoff";

const Exited = v.object({ type: v.literal("exited"), code: v.nullish(v.number(), null) });

export interface TerminalScreen {
  /** The screen starts anew: what follows is everything since the shell began, as far as it is kept. */
  reset(): void;
  write(bytes: Uint8Array): void;
  size(): { cols: number; rows: number };
  exited(code: number | null): void;
  linked(linked: boolean): void;
  /** The server let nobody in, several times in a row: nothing is tried by itself any more. */
  refused(): void;
}

/** A browser does not say why an upgrade failed. This many failures before the first success are a refusal. */
const patience = 5;

export class TerminalSocket {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private closed = false;
  private ended = false;
  private attached = false;

  constructor(
    private readonly url: string,
    private readonly screen: TerminalScreen,
    private readonly open: (url: string) => WebSocket = (target) => new WebSocket(target),
    private readonly wait: (attempt: number) => number = backoffMs,
  ) {}

  connect(): void {
    if (this.closed || this.ended) return;
    clearTimeout(this.timer);
    const socket = this.open(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => {
      this.attempt = 0;
      this.attached = true;
      this.screen.reset();
      this.screen.linked(true);
      this.resize();
    };
    socket.onmessage = (message: MessageEvent<unknown>) => {
      if (message.data instanceof ArrayBuffer) this.screen.write(new Uint8Array(message.data));
      else if (typeof message.data === "string") this.control(message.data);
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (this.closed || this.ended) return;
      this.screen.linked(false);
      const next = this.wait(this.attempt);
      this.attempt += 1;
      if (!this.attached && this.attempt >= patience) this.screen.refused();
      else this.timer = setTimeout(() => this.connect(), next);
    };
  }

  /** After a refusal, because a person asks for it. */
  retry(): void {
    this.attempt = 0;
    this.connect();
  }

  private control(text: string): void {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return;
    }
    const parsed = v.safeParse(Exited, json);
    if (!parsed.success) return;
    this.ended = true;
    this.screen.exited(parsed.output.code);
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  resize(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const { cols, rows } = this.screen.size();
    this.socket.send(JSON.stringify({ type: "resize", cols, rows }));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }
}
