// What every editor can do; the language comes later, with the file.
import { indentWithTab } from "@codemirror/commands";
import { basicSetup } from "codemirror";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { styleNonce } from "@/lib/csp/nonce";
import { editorTheme } from "@/components/code/theme";

export function editorExtensions(words: Record<string, string>): Extension {
  return [
    basicSetup,
    keymap.of([indentWithTab]),
    editorTheme,
    EditorState.phrases.of(words),
    EditorView.cspNonce.of(styleNonce() ?? ""),
    EditorView.contentAttributes.of({ spellcheck: "false" }),
  ];
}
