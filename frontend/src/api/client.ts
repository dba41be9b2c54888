// The only door to the server: typed calls, errors as Problem, answers parsed before anyone sees them.
import createClient, { type Client } from "openapi-fetch";
import * as v from "valibot";
import { Problem, isAbort, offlineProblem, problemFromResponse } from "./problem";
import type { paths } from "./schema";

export interface ApiClientOptions {
  /** Called when a request finds the session ended. */
  onSignedOut: () => void;
  fetch?: typeof globalThis.fetch;
  origin?: string;
}

export class ApiClient {
  /** Calls of the generated API; give their result to {@link read}. */
  readonly http: Client<paths>;
  private readonly fetch: typeof globalThis.fetch;

  constructor(private readonly options: ApiClientOptions) {
    this.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.http = createClient<paths>({
      baseUrl: options.origin ?? window.location.origin,
      fetch: (request) => this.send(request),
    });
  }

  /** One request. An answer that says no is thrown as a {@link Problem}. */
  async send(input: Request | string, init?: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await this.fetch(input, { credentials: "same-origin", ...init });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw offlineProblem(error);
    }
    if (response.ok) return response;
    const problem = await problemFromResponse(response);
    this.notice(problem, typeof input === "string" ? input : input.url);
    throw problem;
  }

  /** Lets requests that do not pass {@link send} (uploads with progress) report what they met. */
  notice(problem: Problem, url: string): void {
    const path = new URL(url, window.location.origin).pathname;
    const ownSession = path === "/api/v1/session" || path === "/api/v1/setup";
    if (problem.status === 401 && path.startsWith("/api/") && !ownSession) this.options.onSignedOut();
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
