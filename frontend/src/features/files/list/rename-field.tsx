// The name of an item while it is being changed, in its own place.
import { useEffect, useId, useRef, useState } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { nameFault } from "@/lib/name-fault";
import css from "./list.module.css";

export function RenameField(props: {
  name: string;
  /** What was typed before and refused. */
  typed?: string | undefined;
  file: boolean;
  onDone: (name: string | null) => void;
}) {
  const { t } = useI18n();
  const errorId = useId();
  const [typed, setTyped] = useState(props.typed ?? props.name);
  const [asked, setAsked] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const atFirst = useRef(typed);
  useEffect(() => {
    const input = field.current;
    if (!input) return;
    input.focus();
    // The part before the ending: endings are rarely meant.
    const text = atFirst.current;
    const dot = props.file ? text.lastIndexOf(".") : -1;
    input.setSelectionRange(0, dot > 0 ? dot : text.length);
  }, [props.file]);
  const fault = nameFault(typed.trim());
  const finish = (name: string | null) => {
    if (done.current) return;
    done.current = true;
    const trimmed = name?.trim() ?? "";
    props.onDone(trimmed === "" || trimmed === props.name ? null : trimmed);
  };
  const shown = asked && fault !== null;
  return (
    <>
      <input
        ref={field}
        className={css["rename"]}
        value={typed}
        aria-label={t("files.new_name")}
        aria-invalid={shown || undefined}
        aria-describedby={shown ? errorId : undefined}
        spellCheck={false}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onClick={(event) => event.stopPropagation()}
        onDoubleClick={(event) => event.stopPropagation()}
        onBlur={() => {
          // What cannot be a name stays to be mended; an empty field was given up.
          if (fault === null || typed.trim() === "") finish(typed);
          else setAsked(true);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Enter") {
            if (fault === null) finish(typed);
            else setAsked(true);
          }
          if (event.key === "Escape") finish(null);
        }}
      />
      {shown ? (
        <span id={errorId} className={css["fault"]} role="alert">
          {t(fault)}
        </span>
      ) : null}
    </>
  );
}
