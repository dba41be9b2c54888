// The name of an item while it is being changed, in its own place.
import { useEffect, useRef } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import css from "./list.module.css";

export function RenameField(props: { name: string; file: boolean; onDone: (name: string | null) => void }) {
  const { t } = useI18n();
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => {
    const input = field.current;
    if (!input) return;
    input.focus();
    // The part before the ending: endings are rarely meant.
    const dot = props.file ? props.name.lastIndexOf(".") : -1;
    input.setSelectionRange(0, dot > 0 ? dot : props.name.length);
  }, [props.file, props.name]);
  const finish = (name: string | null) => {
    if (done.current) return;
    done.current = true;
    const trimmed = name?.trim() ?? "";
    props.onDone(trimmed === "" || trimmed === props.name ? null : trimmed);
  };
  return (
    <input
      ref={field}
      className={css["rename"]}
      defaultValue={props.name}
      aria-label={t("files.new_name")}
      spellCheck={false}
      onClick={(event) => event.stopPropagation()}
      onDoubleClick={(event) => event.stopPropagation()}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") finish(null);
      }}
    />
  );
}
