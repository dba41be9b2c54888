// A list of links of which one is open beside it: the arrows go from row to row, Enter opens.
import type { KeyboardEvent, ReactNode } from "react";
import css from "./admin.module.css";

export function LinkRows(props: { label: string; children: ReactNode }) {
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>) => {
    const rows = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>("li > a")];
    const at = rows.findIndex((row) => row === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys are those of the links in it
    <ul className={css["rows"]} aria-label={props.label} onKeyDown={onKeyDown}>
      {props.children}
    </ul>
  );
}
