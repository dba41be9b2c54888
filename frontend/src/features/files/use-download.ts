// Starts a download, and says so when there is nobody to ask.
import { useCallback } from "react";
import { useApi } from "@/api/context";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";
import { startDownload } from "./api/download";

export function useDownload(): (address: string, name: string) => void {
  const api = useApi();
  const describe = useProblemText();
  return useCallback(
    (address, name) => {
      startDownload(api, address, name).catch((error: unknown) =>
        showNotice({ text: describe(error), tone: "danger" }),
      );
    },
    [api, describe],
  );
}
