// The document store of a workspace, fed by its connection.
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useI18n } from "@/lib/i18n/i18n";
import { readFile } from "./api/read-file";
import { writeFile } from "./api/write-file";
import type { ConnectionState, WorkspaceConnection } from "./connection/workspace-connection";
import type { DocumentView } from "./editor/document";
import { DocumentStore } from "./editor/document-store";
import { editorExtensions } from "./editor/extensions";
import { editorPhrases } from "@/components/code/phrases";
import { Problem } from "@/api/problem";

type Connection = Pick<WorkspaceConnection, "read" | "onEvent">;

function ideOf(connection: Connection) {
  const { ide } = connection.read();
  if (!ide) throw new Problem({ code: "offline", message: "The workspace is not connected.", status: 0 });
  return ide;
}

export function useDocuments(connection: Connection, state: ConnectionState, ready: boolean) {
  const { language } = useI18n();
  const [documents] = useState(
    () =>
      new DocumentStore(
        {
          read: (path) => readFile(ideOf(connection), path),
          write: (path, text, expected) => writeFile(ideOf(connection), path, text, expected),
        },
        editorExtensions(editorPhrases(language)),
      ),
  );
  const list = useSyncExternalStore(documents.subscribe, documents.read);
  const views = useMemo<ReadonlyMap<string, DocumentView>>(
    () => new Map(list.map((view) => [view.path, view])),
    [list],
  );

  const canWrite = state.session?.can_write ?? true;
  useEffect(() => documents.setReadOnly(!canWrite), [documents, canWrite]);
  useEffect(
    () =>
      connection.onEvent((event) => {
        if (event.type === "files") void documents.outsideChange(event.paths, event.overflow);
      }),
    [connection, documents],
  );
  // What was typed while the link was down is saved, and what changed meanwhile is fetched, as soon as it is back.
  useEffect(() => {
    if (!ready) return;
    void documents.outsideChange([], true).then(() => documents.saveAll());
  }, [documents, ready]);
  useEffect(() => {
    const onHide = () => {
      if (document.visibilityState === "hidden") void documents.saveAll();
    };
    const onLeave = (event: BeforeUnloadEvent) => {
      if (documents.anyDirty) event.preventDefault();
    };
    document.addEventListener("visibilitychange", onHide);
    window.addEventListener("beforeunload", onLeave);
    return () => {
      document.removeEventListener("visibilitychange", onHide);
      window.removeEventListener("beforeunload", onLeave);
      void documents.saveAll();
    };
  }, [documents]);
  return { documents, views };
}
