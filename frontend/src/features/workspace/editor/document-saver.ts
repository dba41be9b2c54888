// Writes documents: a second after the last key or at once, one save of a document at a time, and only over the version
// that is known. What it finds instead of that version is not its business: it hands the document over.
import { asProblem } from "@/api/problem";
import { isDirty, type Doc, type DocumentFiles } from "./document";

const autosaveMs = 1000;

export class DocumentSaver {
  constructor(
    private readonly files: DocumentFiles,
    /** Called when the file is not the version that is known. */
    private readonly meet: (doc: Doc) => Promise<void>,
    private readonly page: { readonly readOnly: boolean; changed(): void },
  ) {}

  schedule(doc: Doc): void {
    clearTimeout(doc.timer);
    if (doc.theirs || this.page.readOnly) return;
    doc.timer = setTimeout(() => void this.save(doc), autosaveMs);
  }

  /** Saves what is not saved, after the save that is under way. */
  save(doc: Doc): Promise<void> {
    return this.inTurn(doc, () => isDirty(doc) && !doc.theirs && !this.page.readOnly);
  }

  /** Saves what a person chose in a conflict, also when it is the text that was saved last. */
  saveChoice(doc: Doc): Promise<void> {
    return this.inTurn(doc, () => !doc.theirs);
  }

  /**
   * One save at a time: the next one must name the version that this one makes. Several that wait are let on one by one,
   * and whether there still is something to write is asked only then.
   */
  private async inTurn(doc: Doc, needed: () => boolean): Promise<void> {
    while (doc.saving) await doc.saving;
    if (!needed()) return;
    clearTimeout(doc.timer);
    doc.saving = this.write(doc).finally(() => {
      doc.saving = null;
      if (isDirty(doc) && !doc.problem) this.schedule(doc);
      this.page.changed();
    });
    this.page.changed();
    await doc.saving;
  }

  private async write(doc: Doc): Promise<void> {
    const written = doc.state.doc;
    try {
      doc.sha256 = await this.files.write(doc.path, doc.state.sliceDoc(), doc.sha256);
      doc.saved = written;
      doc.problem = null;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status === 412) await this.meet(doc);
      else doc.problem = problem;
    }
  }
}
