// What an entry says, in a sentence. Acts without words of their own show their code.
import type { LogEntry } from "@/api/model";
import { visibleName } from "@/lib/visible-name";
import { lookUp, type I18n, type MessageKey } from "@/lib/i18n/i18n";

/** Message keys hold no dots: `session.create` is looked up as `session_create`. */
export const actKey = (action: string): string => `acts.${action.replaceAll(/[^a-z0-9]+/g, "_")}`;

/** Without an outcome the act itself, as in a filter; what was refused or failed was only tried. */
export function actText(i18n: I18n, action: string, outcome?: LogEntry["outcome"]): string {
  const key = actKey(action);
  const tried = key.replace("acts.", "tries.");
  if ((outcome === "denied" || outcome === "error") && lookUp(i18n.language, tried) !== undefined)
    return i18n.t(tried as MessageKey);
  return lookUp(i18n.language, key) === undefined ? action : i18n.t(key as MessageKey);
}

export function actorText(i18n: I18n, actor: LogEntry["actor"]): string {
  if (actor.name) return actor.name;
  if (actor.type === "user") return actor.id ? i18n.t("log.erased_person") : i18n.t("log.nobody");
  // Whoever came without a sign-in is written as a link; only a link itself has an id.
  if (actor.type === "link" && !actor.id) return i18n.t("log.nobody");
  const key = `log.actor_${actor.type}`;
  return lookUp(i18n.language, key) === undefined ? actor.type : i18n.t(key as MessageKey);
}

/** What an act was done to: its name, or what it is with the end of its id. */
export function targetParts(i18n: I18n, target: LogEntry["target"]): { text: string; id: string | null } {
  if (!target) return { text: "", id: null };
  if (target.name) return { text: visibleName(target.name), id: null };
  const key = `log.target_${target.type}`;
  const text = lookUp(i18n.language, key) === undefined ? target.type : i18n.t(key as MessageKey);
  // What exists once has no id of its own. Ids begin with their time of creation: only their ends differ.
  return { text, id: target.id === "self" ? null : `…${target.id.slice(-6)}` };
}

/** The heading of an opened entry: who did what to what. */
export function entrySentence(i18n: I18n, entry: LogEntry): string {
  const who = actorText(i18n, entry.actor);
  const what = actText(i18n, entry.action, entry.outcome);
  const target = entry.target?.name;
  const sentence = target
    ? i18n.t("log.sentence_target", { who, what, target })
    : i18n.t("log.sentence", { who, what });
  return entry.outcome === "denied" ? i18n.t("log.sentence_denied", { sentence }) : sentence;
}
