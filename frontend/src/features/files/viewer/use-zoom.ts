// How large a picture is shown and which part of it: by wheel, keys, double click and two fingers. With one finger one moves what is
// enlarged, and turns to the next picture where nothing is.
import { useCallback, useEffect, useRef, useState, type PointerEvent, type RefObject } from "react";

export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

const fit: Zoom = { scale: 1, x: 0, y: 0 };
const most = 8;
/** What a double click shows. */
const close = 2.5;
/** How far a finger goes until it turns the page, in CSS pixels. */
const swipe = 60;

/** Zooms so that the point under the pointer (from the middle of the stage) stays under it. */
export function zoomAt(now: Zoom, factor: number, at: { x: number; y: number }): Zoom {
  const scale = Math.min(most, Math.max(1, now.scale * factor));
  if (scale === 1) return fit;
  const ratio = scale / now.scale;
  return { scale, x: at.x - (at.x - now.x) * ratio, y: at.y - (at.y - now.y) * ratio };
}

/** Keeps at least the middle of the stage covered. */
export function held(zoom: Zoom, stage: { width: number; height: number }): Zoom {
  const x = (stage.width * (zoom.scale - 1)) / 2;
  const y = (stage.height * (zoom.scale - 1)) / 2;
  return { ...zoom, x: Math.max(-x, Math.min(x, zoom.x)), y: Math.max(-y, Math.min(y, zoom.y)) };
}

export function useZoom(stage: RefObject<HTMLElement | null>, onTurn: (step: 1 | -1) => void) {
  const [zoom, setZoom] = useState<Zoom>(fit);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const start = useRef<{ x: number; y: number } | null>(null);

  const fromMiddle = useCallback(
    (event: { clientX: number; clientY: number }) => {
      const box = stage.current?.getBoundingClientRect();
      if (!box) return { x: 0, y: 0 };
      return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    },
    [stage],
  );
  const change = useCallback(
    (next: (now: Zoom) => Zoom) =>
      setZoom((now) => {
        const box = stage.current?.getBoundingClientRect();
        return box ? held(next(now), box) : next(now);
      }),
    [stage],
  );
  const by = useCallback(
    (factor: number, at = { x: 0, y: 0 }) => change((now) => zoomAt(now, factor, at)),
    [change],
  );
  const reset = useCallback(() => setZoom(fit), []);

  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      by(Math.exp(-event.deltaY / 400), fromMiddle(event));
    };
    // React's own listener could not keep the browser from zooming the page.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [stage, by, fromMiddle]);

  const pointers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      fingers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      start.current = fingers.current.size === 1 ? { x: event.clientX, y: event.clientY } : null;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      const before = fingers.current.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      if (other) {
        const apart = Math.hypot(before.x - other.x, before.y - other.y);
        const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
        if (apart > 0) by(Math.hypot(now.x - other.x, now.y - other.y) / apart, fromMiddle(middle));
      } else {
        change((at) =>
          at.scale === 1 ? at : { ...at, x: at.x + now.x - before.x, y: at.y + now.y - before.y },
        );
      }
    },
    onPointerUp: (event: PointerEvent) => {
      fingers.current.delete(event.pointerId);
      const from = start.current;
      start.current = null;
      if (!from || zoom.scale !== 1 || event.pointerType === "mouse") return;
      const dx = event.clientX - from.x;
      if (Math.abs(dx) > swipe && Math.abs(dx) > 2 * Math.abs(event.clientY - from.y))
        onTurn(dx < 0 ? 1 : -1);
    },
    onPointerCancel: (event: PointerEvent) => {
      fingers.current.delete(event.pointerId);
      start.current = null;
    },
    onDoubleClick: (event: { clientX: number; clientY: number }) =>
      zoom.scale > 1 ? reset() : by(close, fromMiddle(event)),
  };
  return { zoom, by, reset, pointers };
}
