// When somebody last used this page. A page that nobody uses must not keep its session alive.

let last = Date.now();
const signs = ["pointerdown", "pointermove", "keydown", "touchstart", "wheel"] as const;

/** After this long without a hand on the page its session is not renewed any more. */
export const idleMs = 60 * 60_000;

export function watchActivity(): () => void {
  const touched = () => {
    last = Date.now();
  };
  for (const sign of signs) window.addEventListener(sign, touched, { passive: true, capture: true });
  return () => {
    for (const sign of signs) window.removeEventListener(sign, touched, { capture: true });
  };
}

export function isIdle(now = Date.now()): boolean {
  return now - last > idleMs;
}
