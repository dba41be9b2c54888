import type { LogEntry } from "@/api/model";
import { useI18n } from "@/lib/i18n/i18n";
import { targetParts } from "./act-text";
import css from "./log.module.css";

/** What an act was done to. Without a name: what it is, and the end of its id to tell two apart. */
export function TargetName({ target }: { target: LogEntry["target"] }) {
  const { text, id } = targetParts(useI18n(), target);
  return (
    <span title={id ? target?.id : text || undefined}>
      {text}
      {id ? <span className={css["id"]}> {id}</span> : null}
    </span>
  );
}
