// What an entry says, in a sentence. Acts without words of their own show their code.
import type { LogEntry } from "@/api/model";
import { lookUp, type I18n, type MessageKey } from "@/lib/i18n/i18n";

/** Message keys hold no dots: `session.create` is looked up as `session_create`. */
export const actKey = (action: string): string => `acts.${action.replaceAll(/[^a-z0-9]+/g, "_")}`;

export function actText(i18n: I18n, action: string): string {
  const key = actKey(action);
  return lookUp(i18n.language, key) === undefined ? action : i18n.t(key as MessageKey);
}

export function actorText(i18n: I18n, actor: LogEntry["actor"]): string {
  if (actor.name) return actor.name;
  if (actor.type === "user") return actor.id ? i18n.t("log.erased_person") : i18n.t("log.nobody");
  const key = `log.actor_${actor.type}`;
  return lookUp(i18n.language, key) === undefined ? actor.type : i18n.t(key as MessageKey);
}

export function targetText(target: LogEntry["target"]): string {
  if (!target) return "";
  // Ids begin with their time of creation: only their ends differ.
  return target.name ?? `${target.type} …${target.id.slice(-6)}`;
}

/** The heading of an opened entry: who did what to what. */
export function entrySentence(i18n: I18n, entry: LogEntry): string {
  const who = actorText(i18n, entry.actor);
  const what = actText(i18n, entry.action);
  const target = entry.target?.name;
  const sentence = target
    ? i18n.t("log.sentence_target", { who, what, target })
    : i18n.t("log.sentence", { who, what });
  return entry.outcome === "denied" ? i18n.t("log.sentence_denied", { sentence }) : sentence;
}
