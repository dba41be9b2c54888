// What can be done on the page that is shown. Pages register their actions while they are mounted.
import {
  createContext,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { isEnabled, runAction, type Action } from "./action";
import { showNotice } from "../notices/notices";
import { isTyping, matchesShortcut, type KeyPress } from "./shortcut";

export class ActionRegistry {
  private readonly sources = new Map<symbol, readonly Action[]>();
  private readonly listeners = new Set<() => void>();
  private snapshot: readonly Action[] = [];

  set(source: symbol, actions: readonly Action[] | null): void {
    if (actions) this.sources.set(source, actions);
    else this.sources.delete(source);
    this.snapshot = [...this.sources.values()].flat();
    for (const listener of this.listeners) listener();
  }
  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly all = () => this.snapshot;

  /** The action behind a key press; the one registered last wins, so that a dialog covers its page. */
  find(press: KeyPress, typing: boolean): Action | undefined {
    return this.snapshot.findLast(
      (action) => action.shortcut && (!typing || action.inFields) && matchesShortcut(action.shortcut, press),
    );
  }
}

/** How long the reason stays when a key asks for what cannot be done. */
const reasonMs = 4_000;

const Context = createContext<ActionRegistry | null>(null);

export function ActionsProvider(props: { children: ReactNode }) {
  const [registry] = useState(() => new ActionRegistry());
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target;
      const inDialog =
        target instanceof Element && target.closest("[role=dialog],[role=menu],[data-own-keys]");
      const action = registry.find(event, isTyping(target) || Boolean(inDialog));
      if (!action) return;
      event.preventDefault();
      if (isEnabled(action)) runAction(action);
      else showNotice({ text: `${action.label}: ${action.disabledReason ?? ""}`, ms: reasonMs });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [registry]);
  return <Context.Provider value={registry}>{props.children}</Context.Provider>;
}

function useRegistry(): ActionRegistry {
  const registry = useContext(Context);
  if (!registry) throw new Error("ActionsProvider is missing");
  return registry;
}

/** Makes actions known to the palette, to the shortcuts and to the help for as long as the component is shown. */
export function useRegisterActions(actions: readonly Action[]): void {
  const registry = useRegistry();
  const source = useRef<symbol>(undefined);
  useEffect(() => {
    source.current ??= Symbol("actions");
    registry.set(source.current, actions);
  }, [registry, actions]);
  useEffect(
    () => () => {
      if (source.current) registry.set(source.current, null);
    },
    [registry],
  );
}

export function useAllActions(): readonly Action[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.subscribe, registry.all);
}
