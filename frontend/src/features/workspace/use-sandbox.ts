// Starting and stopping the sandbox. What was typed is saved before it stops.
import { useMutation } from "@tanstack/react-query";
import { useCallback } from "react";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import type { Ide } from "./api/ide";
import { startSandbox } from "./api/start-sandbox";
import { stopSandbox } from "./api/stop-sandbox";
import type { DocumentStore } from "./editor/document-store";

export function useSandbox(ide: Ide | null, documents: DocumentStore) {
  const describe = useProblemText();
  const onError = (error: unknown) => showNotice({ text: describe(error), tone: "danger" });
  const starting = useMutation({
    mutationFn: async () => {
      if (ide) await startSandbox(ide);
    },
    onError,
  });
  const stopping = useMutation({
    mutationFn: async () => {
      await documents.saveAll();
      if (ide) await stopSandbox(ide);
    },
    onError,
  });
  const { mutate: startNow } = starting;
  const { mutate: stopNow } = stopping;
  return {
    start: useCallback(() => startNow(), [startNow]),
    starting: starting.isPending,
    stop: useCallback(() => stopNow(), [stopNow]),
  };
}
