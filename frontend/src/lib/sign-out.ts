// Ends this session and leaves nothing of it in the page's memory.
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { useApi } from "@/api/context";
import { Problem } from "@/api/problem";
import { showNotice } from "./notices/notices";
import { useProblemText } from "./problem-text";

/** First words of the keys of what belongs to nobody. */
const ofNobody = new Set<unknown>(["sign-in", "setup"]);

export function useSignOut(): () => Promise<void> {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const describe = useProblemText();
  return useCallback(async () => {
    try {
      await api.http.DELETE("/api/v1/session");
    } catch (error) {
      // A session that is already over is what was asked for.
      if (!(error instanceof Problem && error.status === 401)) {
        showNotice({ text: describe(error), tone: "danger" });
        return;
      }
    }
    await navigate({ to: "/sign-in", replace: true });
    // What the sign-in page asks is about nobody; it may be on its way there already, and removing it would leave the page without.
    queries.removeQueries({ type: "inactive", predicate: ({ queryKey: [about] }) => !ofNobody.has(about) });
  }, [api, queries, navigate, describe]);
}
