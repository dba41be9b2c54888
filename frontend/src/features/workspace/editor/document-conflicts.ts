// What happens to a document when its file changed elsewhere: it follows, or both sides are kept until a person chooses.
import { asProblem } from "@/api/problem";
import type { FileContent } from "../api/read-file";
import { isDirty, type Doc, type DocumentFiles, type Theirs } from "./document";
import { replaceText } from "./document-text";
import { decodeFile } from "@/lib/text-file";

export class DocumentConflicts {
  constructor(
    private readonly files: DocumentFiles,
    private readonly load: (doc: Doc) => Promise<void>,
  ) {}

  /** Reads the other side after a refused save. When it turns out to be the same text there is no conflict. */
  async meet(doc: Doc): Promise<void> {
    try {
      const content = await this.files.read(doc.path);
      const theirs = sideOf(content);
      if (content && theirs.text === doc.state.sliceDoc()) {
        doc.sha256 = content.sha256;
        doc.saved = doc.state.doc;
        doc.problem = null;
        return;
      }
      doc.theirs = theirs;
    } catch (error) {
      doc.problem = asProblem(error);
    }
  }

  /** Looks whether the file is still the one that is known, and follows it where nothing was typed. */
  async compare(doc: Doc): Promise<void> {
    if (doc.status === "loading" || doc.theirs) return;
    while (doc.saving) await doc.saving;
    const known = doc.sha256;
    let content: FileContent | null;
    try {
      content = await this.files.read(doc.path);
    } catch {
      // The link is down or the file cannot be read now: the next save will tell.
      return;
    }
    // A save went through while this was read: what came is older than what is known.
    if (doc.sha256 !== known) return this.compare(doc);
    if (doc.saving || (content?.sha256 ?? null) === doc.sha256) return;
    if (doc.status !== "ready") {
      if (content) await this.load(doc);
      return;
    }
    const theirs = sideOf(content);
    if (!isDirty(doc)) {
      doc.sha256 = theirs.sha256;
      if (theirs.text !== null) replaceText(doc, theirs.text);
      else if (content) doc.status = "binary";
      doc.saved = doc.state.doc;
      return;
    }
    clearTimeout(doc.timer);
    doc.theirs = theirs;
  }

  /** Ends a conflict with a text that is still to be saved over the other side. */
  choose(doc: Doc, theirs: Theirs, text: string): void {
    doc.theirs = null;
    doc.sha256 = theirs.sha256;
    // Until the choice is written this is what lies in the workspace: all else counts as unsaved.
    doc.saved = doc.state.toText(theirs.text ?? "");
    replaceText(doc, text);
  }

  /** Ends a conflict in favour of what lies in the workspace. */
  takeTheirs(doc: Doc, theirs: Theirs): void {
    doc.theirs = null;
    doc.sha256 = theirs.sha256;
    if (theirs.text !== null) replaceText(doc, theirs.text);
    doc.saved = doc.state.doc;
  }
}

function sideOf(content: FileContent | null): Theirs {
  const decoded = content ? decodeFile(content.bytes) : null;
  return { text: decoded?.kind === "text" ? decoded.text : null, sha256: content?.sha256 ?? null };
}
