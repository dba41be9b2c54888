// Fills a document from its file: text or not, and the language that its name tells.
import { EditorState, type Extension } from "@codemirror/state";
import { Problem, asProblem } from "@/api/problem";
import type { Doc, DocumentFiles } from "./document";
import { dispatch } from "./document-text";
import { languageOf } from "./languages";
import { decodeFile } from "@/lib/text-file";

export class DocumentLoader {
  constructor(
    private readonly files: DocumentFiles,
    private readonly extensions: Extension,
    private readonly page: { readonly readOnly: boolean; changed(): void },
  ) {}

  async load(doc: Doc): Promise<void> {
    try {
      const content = await this.files.read(doc.path);
      if (!content) {
        throw new Problem({ code: "not_found", message: "There is no such file.", status: 404 });
      }
      const decoded = decodeFile(content.bytes);
      doc.sha256 = content.sha256;
      if (decoded.kind === "binary") doc.status = "binary";
      else {
        doc.state = EditorState.create({
          doc: decoded.text,
          extensions: [
            EditorState.lineSeparator.of(decoded.lineBreak),
            doc.language.of([]),
            doc.access.of(EditorState.readOnly.of(this.page.readOnly)),
            this.extensions,
          ],
        });
        doc.saved = doc.state.doc;
        doc.status = "ready";
        void this.loadLanguage(doc);
      }
    } catch (error) {
      doc.status = "failed";
      doc.problem = asProblem(error);
    }
    this.page.changed();
  }

  private async loadLanguage(doc: Doc): Promise<void> {
    const language = languageOf(doc.path.slice(doc.path.lastIndexOf("/") + 1));
    doc.languageName = language?.name ?? null;
    if (!language) return;
    const support = await language.load();
    dispatch(doc, { effects: doc.language.reconfigure(support) });
    this.page.changed();
  }
}
