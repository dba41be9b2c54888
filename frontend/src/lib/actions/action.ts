// One object for each thing a person can do: it feeds the button, the menus, the shortcut and the palette.
import type { Icon } from "@tabler/icons-react";

export interface Action {
  /** Stable and unique among what is registered: `files.rename`. */
  id: string;
  label: string;
  /** Heading under which palette and help show it. */
  group: string;
  icon?: Icon;
  run: () => void;
  /** `F2`, `/`, `mod+K`, `shift+Delete`; `mod` is Ctrl, on a Mac Command. */
  shortcut?: string;
  /** Why it cannot be done now; absent when it can. */
  disabledReason?: string | null;
  danger?: boolean;
  /** The shortcut also works while typing in a field. */
  inFields?: boolean;
  /** Further words by which the palette finds it. */
  keywords?: string;
  /** Shown only in menus, not in the palette. */
  local?: boolean;
}

export function isEnabled(action: Action): boolean {
  return !action.disabledReason;
}

export function runAction(action: Action): void {
  if (isEnabled(action)) action.run();
}
