// What can go wrong with a request, in one shape. The only place that reads the server's error envelope.
import * as v from "valibot";

const Envelope = v.object({
  error: v.object({
    code: v.string(),
    message: v.string(),
    field: v.nullish(v.string()),
    request_id: v.nullish(v.string()),
  }),
});

/** Codes that the browser itself gives when no answer, or none that can be read, came. */
export type LocalCode = "offline" | "unreadable_answer";

export class Problem extends Error {
  override readonly name = "Problem";
  /** Stable code of the server, or a {@link LocalCode}. */
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The field of the form that the server refused. */
  readonly field: string | null;
  readonly requestId: string | null;
  /** When trying again makes sense, in ms since 1970. */
  readonly retryAt: number | null;

  constructor(init: {
    code: string;
    message: string;
    status: number;
    field?: string | null | undefined;
    requestId?: string | null | undefined;
    retryAt?: number | null | undefined;
    cause?: unknown;
  }) {
    super(init.message, { cause: init.cause });
    this.code = init.code;
    this.status = init.status;
    this.field = init.field ?? null;
    this.requestId = init.requestId ?? null;
    this.retryAt = init.retryAt ?? null;
  }

  get offline(): boolean {
    return this.code === "offline";
  }
  get notFound(): boolean {
    return this.status === 404;
  }
}

export function offlineProblem(cause?: unknown): Problem {
  return new Problem({ code: "offline", message: "The server cannot be reached.", status: 0, cause });
}

/** Reads an answer that says no. Bodies that are not the envelope (a proxy's page, say) become a plain code. */
export function problemFromBody(
  status: number,
  requestId: string | null,
  body: string,
  retryAt: number | null = null,
): Problem {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    json = null;
  }
  const parsed = v.safeParse(Envelope, json);
  if (parsed.success) {
    const { code, message, field, request_id } = parsed.output.error;
    return new Problem({ code, message, status, field, requestId: request_id ?? requestId, retryAt });
  }
  return new Problem({ code: `http_${status}`, message: `HTTP ${status}`, status, requestId, retryAt });
}

/** `retry-after` in seconds; the form with a date is not used by the server. */
function retryTime(header: string | null): number | null {
  const seconds = Number(header ?? "");
  return seconds > 0 ? Date.now() + seconds * 1000 : null;
}

export async function problemFromResponse(response: Response): Promise<Problem> {
  const body = await response.text().catch(() => "");
  const { headers } = response;
  return problemFromBody(
    response.status,
    headers.get("x-request-id"),
    body,
    retryTime(headers.get("retry-after")),
  );
}

/** Any thrown value as a Problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Problem({ code: "unexpected", message, status: 0, cause: error });
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
