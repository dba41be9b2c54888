// Why something is not running, in the person's words. The one place that turns causes into sentences.
import { lookUp, type I18n, type MessageKey } from "./i18n/i18n";

/** Somebody wanted it so, or the person was told already: nothing to explain. */
const silent = new Set(["requested", "workspace_deleted"]);

/** Causes that mean the same to a person. */
const same: Record<string, string> = {
  unknown: "ended",
  workspace_busy: "busy",
  limit_too_high: "limits",
  plan_invalid: "limits",
  signature_invalid: "not_trusted",
  signature_replayed: "not_trusted",
  signature_expired: "not_trusted",
  grant_invalid: "not_trusted",
  grant_expired: "not_trusted",
  grant_replayed: "not_trusted",
  grant_mismatch: "not_trusted",
};

function known(i18n: I18n, code: string): string | null {
  for (const key of [`causes.${same[code] ?? code}`, `problems.${code}`])
    if (lookUp(i18n.language, key) !== undefined) return i18n.t(key as MessageKey);
  return null;
}

/** What the list of workspaces says about one that is not running; nothing when it was stopped on purpose. */
export function causeText(i18n: I18n, cause: string | null): string | null {
  if (cause === null || cause === "" || silent.has(cause)) return null;
  // A sentence is kept as it is; a code of a newer server is named rather than passed off as one.
  return known(i18n, cause) ?? (/^[a-z0-9_]+$/.test(cause) ? i18n.t("causes.other", { code: cause }) : cause);
}

/** A reason that came with a code: in the person's words when there are some, else as the server said it. */
export function reasonText(i18n: I18n, code: string | null, message: string): string {
  return (code === null ? null : known(i18n, code)) ?? message;
}
