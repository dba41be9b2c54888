// The only door to the server: typed calls, errors as Problem, answers parsed before anyone sees them.
import createClient, { type Client } from "openapi-fetch";
import * as v from "valibot";
import { Problem, isAbort, offlineProblem, problemFromResponse } from "./problem";
import type { paths } from "./schema";
import { SessionRefresh, refreshPath } from "./session-refresh";

export interface ApiClientOptions {
  /** Called when a request finds the session ended; the problem says how. */
  onSignedOut: (problem: Problem) => void;
  /** Called when the server wants to know again who is there. The request is repeated when it ends well. */
  onProofNeeded?: (problem: Problem) => Promise<void>;
  /** Called when only a second factor leads on: there is none yet, or this session may only add one. */
  onFactorNeeded?: (problem: Problem) => void;
  /** Whether the session may be renewed now. */
  mayRefresh?: () => boolean;
  fetch?: typeof globalThis.fetch;
  origin?: string;
}

export class ApiClient {
  /** Calls of the generated API; give their result to {@link read}. */
  readonly http: Client<paths>;
  private readonly fetch: typeof globalThis.fetch;
  private readonly session: SessionRefresh;

  constructor(private readonly options: ApiClientOptions) {
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    const origin = options.origin ?? window.location.origin;
    this.http = createClient<paths>({ baseUrl: origin, fetch: (request) => this.send(request) });
    this.session = new SessionRefresh(
      () => this.once(origin + refreshPath, { method: "POST" }),
      options.mayRefresh ?? (() => true),
    );
  }

  /** One request. An answer that says no is thrown as a {@link Problem}. */
  send(input: Request | string, init?: RequestInit): Promise<Response> {
    const url = typeof input === "string" ? input : input.url;
    // A body is read once: each attempt gets a copy.
    return this.repeat(url, () => this.once(typeof input === "string" ? input : input.clone(), init));
  }

  /** Makes sure that the session is fresh, for what the browser fetches by itself: a download, say. */
  async ready(): Promise<void> {
    await this.http.GET("/api/v1/session");
  }

  /**
   * An attempt, and once more after what was missing is there: a fresh session, a proof of who it is.
   * Also for requests that do not pass {@link send} (uploads with progress).
   */
  async repeat<T>(url: string, attempt: () => Promise<T>): Promise<T> {
    const path = new URL(url, window.location.origin).pathname;
    let renewed = false;
    let proved = false;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        // The IDE backend has sessions of its own.
        if (!(error instanceof Problem) || !path.startsWith("/api/")) throw error;
        try {
          if (error.code === "session_expired" && !renewed) {
            renewed = true;
            await this.session.run();
          } else if (isProofDemand(error) && this.options.onProofNeeded && !proved) {
            proved = true;
            await this.options.onProofNeeded(error);
          } else throw error;
        } catch (final) {
          if (final instanceof Problem) this.notice(final, path);
          throw final;
        }
      }
    }
  }

  private async once(input: Request | string, init?: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(input, { credentials: "same-origin", ...init });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw offlineProblem(error);
    }
    if (response.ok) return response;
    throw await problemFromResponse(response);
  }

  private notice(problem: Problem, path: string): void {
    // Whether anybody is signed in is what the router asks first; it knows where to go.
    if (isSignedOut(problem) && path !== "/api/v1/session") this.options.onSignedOut(problem);
    if (factorCodes.has(problem.code)) this.options.onFactorNeeded?.(problem);
  }

  /** The body of a generated call, parsed. */
  async read<S extends v.GenericSchema>(
    schema: S,
    call: Promise<{ data?: unknown; response: Response }>,
  ): Promise<v.InferOutput<S>> {
    const { data, response } = await call;
    return parseAnswer(schema, data, response.headers.get("x-request-id"));
  }

  /** The body of a plain request, parsed. For the IDE backend, which the generated client does not know. */
  async readJson<S extends v.GenericSchema>(
    schema: S,
    url: string,
    init?: RequestInit,
  ): Promise<v.InferOutput<S>> {
    const response = await this.send(url, init);
    const body: unknown = await response.json().catch(() => undefined);
    return parseAnswer(schema, body, response.headers.get("x-request-id"));
  }
}

const signedOutCodes = new Set(["not_signed_in", "session_reused", "session_expired", "session_idle"]);
const factorCodes = new Set(["second_factor_missing", "second_factor_required"]);

/** A wrong password or code is a 401, too: only these say that nobody is signed in. */
export function isSignedOut(problem: Problem): boolean {
  return problem.status === 401 && signedOutCodes.has(problem.code);
}

function isProofDemand(problem: Problem): boolean {
  return problem.code === "elevation_required" || problem.code === "confirmation_required";
}

export function parseAnswer<S extends v.GenericSchema>(
  schema: S,
  body: unknown,
  requestId: string | null,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const where = parsed.issues
    .slice(0, 3)
    .map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`)
    .join("; ");
  throw new Problem({
    code: "unreadable_answer",
    message: `The answer could not be read (${where}).`,
    status: 200,
    requestId,
  });
}

/** JSON body for {@link ApiClient.readJson} and {@link ApiClient.send}. */
export function jsonBody(method: string, body: unknown): RequestInit {
  return { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
