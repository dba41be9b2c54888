// One terminal on the screen.
import { useComputedColorScheme } from "@mantine/core";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal as Xterm, type ITheme } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";
import { Button } from "@/components/button";
import { withStyleNonce } from "@/lib/csp/nonce";
import { useI18n } from "@/lib/i18n/i18n";
import type { Ide } from "../api/ide";
import { TerminalSocket } from "./terminal-socket";
import css from "./terminal.module.css";

export interface TerminalHandle {
  focus: () => void;
  /** Types for the person: keys that a phone does not have. */
  type: (text: string) => void;
}

const encoder = new TextEncoder();

function themeFromTokens(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    background: token("--sunken"),
    foreground: token("--ink"),
    cursor: token("--ink"),
    cursorAccent: token("--sunken"),
    selectionBackground: token("--selection"),
    black: token("--ink"),
    red: token("--danger"),
    green: token("--good"),
    yellow: token("--attention"),
    blue: token("--info"),
    magenta: token("--syn-fn"),
    cyan: token("--syn-key"),
    white: token("--ink-2"),
    brightBlack: token("--ink-3"),
    brightRed: token("--danger"),
    brightGreen: token("--good"),
    brightYellow: token("--attention"),
    brightBlue: token("--info"),
    brightMagenta: token("--syn-fn"),
    brightCyan: token("--syn-key"),
    brightWhite: token("--ink"),
  };
}

/** Keys that the page keeps for itself even while a shell has the focus. */
function isPageKey(event: KeyboardEvent): boolean {
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  return mod && (event.shiftKey ? key === "p" : key === "j");
}

export function TerminalView(props: {
  ide: Ide;
  id: string;
  title: string;
  shown: boolean;
  onExited: (code: number | null) => void;
  onLinked: (linked: boolean) => void;
  handle: Ref<TerminalHandle>;
}) {
  const { t } = useI18n();
  const { ide, id, shown, onExited, onLinked } = props;
  const scheme = useComputedColorScheme();
  const host = useRef<HTMLDivElement>(null);
  const parts = useRef<{ term: Xterm; fit: FitAddon; socket: TerminalSocket } | null>(null);
  const [refused, setRefused] = useState(false);
  const callbacks = useRef({ onExited, onLinked });
  useEffect(() => {
    callbacks.current = { onExited, onLinked };
  }, [onExited, onLinked]);

  useImperativeHandle(props.handle, () => ({
    focus: () => parts.current?.term.focus(),
    type: (text) => {
      parts.current?.socket.send(encoder.encode(text));
      parts.current?.term.focus();
    },
  }));

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const term = new Xterm({
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--mono"),
      fontSize: 12.5,
      lineHeight: 1.25,
      scrollback: 10_000,
      cursorBlink: true,
      theme: themeFromTokens(),
      minimumContrastRatio: 4.5,
      allowProposedApi: false,
    });
    const fit = new FitAddon();
    term.loadAddon(fit);
    // xterm.js makes its style elements while it opens, and takes no nonce.
    withStyleNonce(() => term.open(parent));
    const socket = new TerminalSocket(ide.socketUrl(`terminals/${id}/socket`), {
      reset: () => term.reset(),
      write: (bytes) => term.write(bytes),
      size: () => ({ cols: term.cols, rows: term.rows }),
      exited: (code) => callbacks.current.onExited(code),
      linked: (linked) => callbacks.current.onLinked(linked),
      refused: () => setRefused(true),
    });
    parts.current = { term, fit, socket };
    const typed = term.onData((data) => socket.send(encoder.encode(data)));
    const bytes = term.onBinary((data) => socket.send(Uint8Array.from(data, (char) => char.charCodeAt(0))));
    const resized = term.onResize(() => socket.resize());
    term.attachCustomKeyEventHandler((event) => {
      if (isPageKey(event)) return false;
      if (event.type !== "keydown" || event.metaKey || event.altKey || !event.ctrlKey) return true;
      const key = event.key.toLowerCase();
      // With text marked, Ctrl+C copies it; without, it interrupts as in every shell.
      if (key === "c" && term.hasSelection()) {
        event.preventDefault();
        void navigator.clipboard.writeText(term.getSelection());
        if (!event.shiftKey) term.clearSelection();
        return false;
      }
      // The browser pastes, and xterm.js takes it from its own field.
      return key !== "v";
    });
    const refit = () => {
      // A hidden terminal has no size; it keeps the one that it had.
      if (parent.clientWidth > 0 && parent.clientHeight > 0) fit.fit();
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const observer = new ResizeObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(refit, 40);
    });
    observer.observe(parent);
    refit();
    socket.connect();
    return () => {
      observer.disconnect();
      clearTimeout(timer);
      socket.close();
      typed.dispose();
      bytes.dispose();
      resized.dispose();
      term.dispose();
      parts.current = null;
    };
  }, [ide, id]);

  useEffect(() => {
    if (parts.current) parts.current.term.options.theme = themeFromTokens();
  }, [scheme]);
  useEffect(() => {
    if (shown) parts.current?.fit.fit();
  }, [shown]);

  return (
    <>
      <div
        ref={host}
        className={css["screen"]}
        hidden={!shown || refused}
        data-own-keys="terminal"
        role="group"
        aria-label={t("ide.terminal_named", { name: props.title })}
      />
      {shown && refused ? (
        <div className={css["none"]} role="alert">
          <p>{t("ide.terminal_refused")}</p>
          <Button
            onClick={() => {
              setRefused(false);
              parts.current?.socket.retry();
            }}
          >
            {t("states.retry")}
          </Button>
        </div>
      ) : null}
    </>
  );
}
