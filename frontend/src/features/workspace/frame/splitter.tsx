// A line between two parts that can be moved: with the pointer or, when it has the focus, with the arrow keys.
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import css from "./frame.module.css";

const stepPx = 24;

export function Splitter(props: {
  label: string;
  direction: "vertical" | "horizontal";
  /** Size in px of the part that the line belongs to. */
  size: number;
  min: number;
  max: number;
  /** +1 when moving right or down makes the part larger, -1 when it makes it smaller. */
  sign: 1 | -1;
  onSize: (size: number) => void;
}) {
  const { direction, size, min, max, sign, onSize } = props;
  const drag = useRef<{ at: number; size: number } | null>(null);
  const set = (next: number) => onSize(Math.round(Math.max(min, Math.min(max, next))));
  const point = (event: PointerEvent) => (direction === "vertical" ? event.clientX : event.clientY);
  const onKeyDown = (event: KeyboardEvent) => {
    const keys = direction === "vertical" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const at = keys.indexOf(event.key);
    if (at < 0) return;
    event.preventDefault();
    set(size + (at === 0 ? -1 : 1) * sign * stepPx);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a separator that can be moved is a widget (ARIA 1.2)
    <div
      className={css["splitter"]}
      data-direction={direction}
      role="separator"
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
      tabIndex={0}
      aria-orientation={direction}
      aria-label={props.label}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { at: point(event), size };
      }}
      onPointerMove={(event) => {
        if (drag.current) set(drag.current.size + (point(event) - drag.current.at) * sign);
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onPointerCancel={() => {
        drag.current = null;
      }}
    />
  );
}
