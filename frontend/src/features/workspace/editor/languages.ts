// The languages that the editor colours; each is loaded when a file needs it.
import { LanguageDescription } from "@codemirror/language";

const c = (
  name: string,
  extensions: string[],
  load: () => ReturnType<LanguageDescription["load"]>,
  filename?: RegExp,
) => LanguageDescription.of({ name, extensions, load, ...(filename ? { filename } : {}) });

export const languages: readonly LanguageDescription[] = [
  c("Python", ["py", "pyi", "pyw"], async () => (await import("@codemirror/lang-python")).python()),
  c("JavaScript", ["js", "mjs", "cjs", "jsx"], async () =>
    (await import("@codemirror/lang-javascript")).javascript({ jsx: true }),
  ),
  c("TypeScript", ["ts", "mts", "cts"], async () =>
    (await import("@codemirror/lang-javascript")).javascript({ typescript: true }),
  ),
  c("TSX", ["tsx"], async () =>
    (await import("@codemirror/lang-javascript")).javascript({ typescript: true, jsx: true }),
  ),
  c("Rust", ["rs"], async () => (await import("@codemirror/lang-rust")).rust()),
  c("JSON", ["json", "jsonl", "webmanifest"], async () => (await import("@codemirror/lang-json")).json()),
  c(
    "Markdown",
    ["md", "markdown"],
    async () => (await import("@codemirror/lang-markdown")).markdown(),
    /^readme$/i,
  ),
  c("HTML", ["html", "htm", "xhtml"], async () => (await import("@codemirror/lang-html")).html()),
  c("CSS", ["css"], async () => (await import("@codemirror/lang-css")).css()),
  c("C/C++", ["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "ino"], async () =>
    (await import("@codemirror/lang-cpp")).cpp(),
  ),
];

export function languageOf(name: string): LanguageDescription | null {
  return LanguageDescription.matchFilename(languages, name);
}
