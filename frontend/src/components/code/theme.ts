// The editor in Carrel's tokens; both themes come from the same variables.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const highlight = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.modifier, tags.bool, tags.null],
    color: "var(--syn-key)",
    fontWeight: "600",
  },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.character], color: "var(--syn-str)" },
  { tag: [tags.number, tags.integer, tags.float, tags.literal], color: "var(--syn-num)" },
  { tag: [tags.typeName, tags.className, tags.namespace, tags.tagName], color: "var(--syn-type)" },
  {
    tag: [
      tags.function(tags.variableName),
      tags.function(tags.propertyName),
      tags.definition(tags.function(tags.variableName)),
      tags.macroName,
      tags.annotation,
      tags.meta,
    ],
    color: "var(--syn-fn)",
  },
  { tag: [tags.attributeName, tags.propertyName], color: "var(--syn-type)" },
  {
    tag: [tags.comment, tags.lineComment, tags.blockComment, tags.docComment],
    color: "var(--ink-3)",
    fontStyle: "italic",
  },
  { tag: [tags.heading], fontWeight: "700", color: "var(--syn-key)" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--info)", textDecoration: "underline" },
  { tag: tags.invalid, color: "var(--danger)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", fontVariantLigatures: "none" },
  ".cm-content": { caretColor: "var(--ink)", padding: "6px 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--ink-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 12px 0 14px", minWidth: "34px" },
  ".cm-foldGutter .cm-gutterElement": { padding: "0 4px 0 0" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--sunken) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection":
    {
      backgroundColor: "var(--selection)",
    },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--selection) 60%, transparent)" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--selection)",
    outline: "1px solid var(--line-strong)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--danger-soft)" },
  ".cm-searchMatch": { backgroundColor: "var(--attention-soft)", outline: "1px solid var(--attention)" },
  ".cm-searchMatch.cm-searchMatch-selected": { backgroundColor: "var(--selection)" },
  ".cm-panels": { backgroundColor: "var(--paper)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "8px 10px", fontFamily: "var(--font)" },
  ".cm-panel.cm-search label": { fontSize: "12px" },
  ".cm-textfield": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    fontSize: "13px",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
    fontSize: "12px",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    color: "var(--ink)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    boxShadow: "var(--shadow-2)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--accent-text)",
  },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--sunken)",
    border: "none",
    color: "var(--ink-2)",
    padding: "0 6px",
  },
  // Its own marks are characters that the shipped fonts do not have.
  ".cm-collapsedLines": {
    padding: "4px 14px",
    color: "var(--ink-2)",
    background: "var(--sunken)",
    fontFamily: "var(--font)",
    fontSize: "12px",
  },
  ".cm-collapsedLines:before": { content: '"+"' },
  ".cm-collapsedLines:after": { content: '""', margin: "0" },
  ".cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--info-soft) 70%, transparent)" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--info) 22%, transparent) !important" },
});

export const editorTheme = [look, syntaxHighlighting(highlight)];
