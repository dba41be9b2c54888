// A choice that is on or off, with what it means below it; says why when it cannot be changed.
import { useId, type ReactNode } from "react";
import css from "./check.module.css";

export function Check(props: {
  label: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: ReactNode;
  disabledReason?: string | null;
  /** Cannot be changed, for a reason that is said once for several. */
  disabled?: boolean;
}) {
  const id = useId();
  const note = props.disabledReason ?? props.hint;
  const off = props.disabled === true || Boolean(props.disabledReason);
  return (
    <div className={css["check"]} data-off={off || undefined}>
      <input
        id={id}
        type="checkbox"
        checked={props.checked}
        disabled={off}
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
