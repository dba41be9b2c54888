// A choice that is on or off, with what it means below it; says why when it cannot be changed.
import { useId, type ReactNode } from "react";
import css from "./check.module.css";

export function Check(props: {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
  disabledReason?: string | null;
}) {
  const id = useId();
  const note = props.disabledReason ?? props.hint;
  return (
    <div className={css["check"]} data-off={props.disabledReason ? true : undefined}>
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        disabled={Boolean(props.disabledReason)}
        aria-describedby={note ? `${id}-note` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>
        <label htmlFor={id}>{props.label}</label>
        {note ? <small id={`${id}-note`}>{note}</small> : null}
      </span>
    </div>
  );
}
