// The filters of the log and the entry in hand, as the address holds them.
import * as v from "valibot";

const text = () => v.optional(v.fallback(v.string(), ""));

export const spans = ["hour", "day", "week", "month"] as const;
export type Span = (typeof spans)[number];

export const logSearch = v.object({
  span: v.optional(v.fallback(v.picklist([...spans, ""]), "")),
  actor: text(),
  action: text(),
  outcome: v.optional(v.fallback(v.picklist(["ok", "denied", "error", "unknown", ""]), "")),
  text: text(),
  entry: text(),
});
export type LogSearch = v.InferOutput<typeof logSearch>;

const spanMs: Record<Span, number> = {
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

export interface LogFilter {
  from?: string;
  actor?: string;
  action?: string;
  outcome?: "ok" | "denied" | "error" | "unknown";
}

/** What the server is asked. `now` is held while a list is read, so that its pages fit together. */
export function filterOf(search: LogSearch, now: Date): LogFilter {
  return {
    ...(search.span ? { from: new Date(now.getTime() - spanMs[search.span]).toISOString() } : {}),
    ...(search.actor ? { actor: search.actor } : {}),
    ...(search.action ? { action: search.action } : {}),
    ...(search.outcome ? { outcome: search.outcome } : {}),
  };
}
