// From a folder into its workspace: the server makes it when there is none, then the editor's address is opened.
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useApi } from "@/api/context";
import { openWorkspace } from "@/api/queries";
import { showNotice } from "@/lib/notices/notices";
import { useProblemText } from "@/lib/problem-text";

export function useOpenWorkspace(): { open: (folderId: string) => void; opening: boolean } {
  const api = useApi();
  const navigate = useNavigate();
  const describe = useProblemText();
  const { mutate, isPending } = useMutation({
    mutationFn: (folderId: string) => openWorkspace(api, folderId),
    onSuccess: (workspace) =>
      navigate({ to: "/workspaces/$workspaceId", params: { workspaceId: workspace.id }, search: {} }),
    onError: (error) => showNotice({ text: describe(error), tone: "danger", ms: null }),
  });
  return useMemo(() => ({ open: mutate, opening: isPending }), [mutate, isPending]);
}
