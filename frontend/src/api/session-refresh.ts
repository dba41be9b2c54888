// The short session is renewed with the long one. Requests that find it over at the same time share one renewal.
import { Problem } from "./problem";

export const refreshPath = "/api/v1/session/refresh";

export class SessionRefresh {
  private running: Promise<void> | null = null;

  constructor(
    /** Sends the renewal; throws a Problem when the server says no. */
    private readonly send: () => Promise<unknown>,
    /** Whether somebody uses the page: nobody's session is kept alive by a page that polls. */
    private readonly mayRefresh: () => boolean,
  ) {}

  run(): Promise<void> {
    if (!this.mayRefresh()) {
      return Promise.reject(
        new Problem({ code: "session_idle", message: "Nobody used the page.", status: 401 }),
      );
    }
    this.running ??= this.send()
      .then(() => undefined)
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }
}
