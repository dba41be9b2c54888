// The small parts that stand everywhere: tag, key, avatar, brand, bar, time.
import { useState, type ReactNode } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { shortcutText } from "@/lib/actions/shortcut";
import { useNow } from "@/lib/time/now";
import css from "./small.module.css";

export type Tone = "plain" | "good" | "attention" | "danger" | "info";

export function Tag(props: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={css["tag"]} data-tone={props.tone}>
      {props.dot ? <i className={css["dot"]} aria-hidden /> : null}
      {props.children}
    </span>
  );
}

export function Kbd(props: { shortcut: string }) {
  const { language } = useI18n();
  return <kbd className={css["kbd"]}>{shortcutText(props.shortcut, language)}</kbd>;
}

const avatarColours = [
  "#7a4f9a",
  "#1f5fa8",
  "#a2552c",
  "#1e6b52",
  "#8a5b00",
  "#9a3b1f",
  "#4d6a1f",
  "#50627a",
];

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "")][0] ?? "?";
  const last = words.length > 1 ? ([...(words.at(-1) ?? "")][0] ?? "") : ([...(words[0] ?? "")][1] ?? "");
  return (first + last).toUpperCase();
}

/**
 * A person by picture or initials, always the same colour for the same id. Decoration: the name stands beside it.
 * `picture` is when it was last changed; a picture that does not come leaves the initials.
 */
export function Avatar(props: { id: string; name: string; size?: number; picture?: string | null }) {
  const [failed, setFailed] = useState<string | null>(null);
  let hash = 0;
  for (const char of props.id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  const size = props.size ?? 24;
  const { picture } = props;
  if (picture && failed !== picture) {
    return (
      <img
        className={css["avatar"]}
        alt=""
        src={`/api/v1/users/${props.id}/picture?at=${encodeURIComponent(picture)}`}
        width={size}
        height={size}
        onError={() => setFailed(picture)}
      />
    );
  }
  return (
    <span
      className={css["avatar"]}
      aria-hidden
      style={{
        background: avatarColours[hash % avatarColours.length],
        width: size,
        height: size,
        fontSize: size < 24 ? 9 : size > 60 ? 24 : size > 30 ? 13 : undefined,
      }}
    >
      {initials(props.name)}
    </span>
  );
}

export function Mark() {
  return <i className={css["mark"]} aria-hidden />;
}

export function Brand(props: { children?: ReactNode }) {
  return (
    <span className={css["brand"]}>
      <Mark />
      {props.children ?? "Carrel"}
    </span>
  );
}

export function Bar(props: { part: number; whole: number; label: string; tone?: "danger" }) {
  const share = props.whole > 0 ? Math.min(1, props.part / props.whole) : 0;
  return (
    <div
      className={css["bar"]}
      data-tone={props.tone}
      role="progressbar"
      aria-label={props.label}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <i style={{ width: `${share * 100}%` }} />
    </div>
  );
}

/** A time in words, with the exact one on hover. */
export function When(props: { time: string }) {
  const { format } = useI18n();
  const now = useNow();
  return (
    <time dateTime={props.time} title={format.exact(props.time)} className="num">
      {format.ago(props.time, now)}
    </time>
  );
}
