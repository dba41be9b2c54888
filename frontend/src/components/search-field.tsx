// A text to look for. What is typed is asked for a moment after the last key.
import { IconSearch } from "@tabler/icons-react";
import type { Ref } from "react";
import { useTyped } from "@/lib/use-typed";
import css from "./search-field.module.css";

export function SearchField(props: {
  label: string;
  /** What to type, when it is not the label. */
  placeholder?: string;
  value: string;
  onChange: (text: string) => void;
  fieldRef?: Ref<HTMLInputElement>;
  focus?: boolean;
  /** Among the pills of a toolbar. */
  low?: boolean;
}) {
  const { value, onChange } = props;
  const [typed, setTyped] = useTyped(value, onChange);
  return (
    <label className={props.low ? `${css["search"]} ${css["low"]}` : css["search"]}>
      <IconSearch size={15} stroke={1.7} aria-hidden />
      <input
        ref={props.fieldRef}
        type="search"
        value={typed}
        placeholder={props.placeholder ?? props.label}
        aria-label={props.label}
        {...(props.focus ? { "data-autofocus": true } : {})}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Inside a dialog Enter looks for somebody; it does not send the dialog.
          if (event.key === "Enter") {
            event.preventDefault();
            onChange(typed);
          }
          if (event.key === "Escape" && props.low) setTyped("");
        }}
      />
    </label>
  );
}
