// A text to look for. What is typed is asked for a moment after the last key.
import { IconSearch } from "@tabler/icons-react";
import type { Ref } from "react";
import { useTyped } from "@/lib/use-typed";
import css from "./admin.module.css";

export function SearchField(props: {
  label: string;
  value: string;
  onChange: (text: string) => void;
  fieldRef?: Ref<HTMLInputElement>;
  focus?: boolean;
}) {
  const { value, onChange } = props;
  const [typed, setTyped] = useTyped(value, onChange);
  return (
    <label className={css["search"]}>
      <IconSearch size={15} stroke={1.7} aria-hidden />
      <input
        ref={props.fieldRef}
        type="search"
        value={typed}
        placeholder={props.label}
        aria-label={props.label}
        {...(props.focus ? { "data-autofocus": true } : {})}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Inside a dialog Enter looks for somebody; it does not send the dialog.
          if (event.key === "Enter") {
            event.preventDefault();
            onChange(typed);
          }
        }}
      />
    </label>
  );
}
