// Keys that a phone does not have.
import { useI18n } from "@/lib/i18n/i18n";
import css from "./terminal.module.css";

const keys: readonly (readonly [string, string])[] = [
  ["Esc", "\u001b"],
  ["Tab", "\t"],
  ["Ctrl C", "\u0003"],
  ["Ctrl D", "\u0004"],
  ["Ctrl R", "\u0012"],
  ["↑", "\u001b[A"],
  ["↓", "\u001b[B"],
  ["←", "\u001b[D"],
  ["→", "\u001b[C"],
  ["/", "/"],
  ["|", "|"],
  ["~", "~"],
];

export function KeyRow(props: { onType: (text: string) => void }) {
  const { t } = useI18n();
  return (
    <div className={css["keys"]} role="toolbar" aria-label={t("ide.keys")}>
      {keys.map(([label, text]) => (
        <button
          key={label}
          type="button"
          // The keyboard of the phone stays open.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => props.onType(text)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
