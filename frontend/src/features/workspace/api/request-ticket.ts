// The way into a workspace begins here: the cloud backend checks the rights and gives a ticket.
import type { ApiClient } from "@/api/client";
import { Ticket } from "@/api/model";
import { Problem } from "@/api/problem";

export async function requestTicket(
  api: ApiClient,
  workspaceId: string,
): Promise<{ ticket: string; base: string }> {
  const answer = await api.read(
    Ticket,
    api.http.POST("/api/v1/workspaces/{workspace_id}/ticket", {
      params: { path: { workspace_id: workspaceId } },
    }),
  );
  const base = answer.ide_base.replace(/\/$/, "");
  // Only a path of this origin: a ticket is never sent to another site.
  if (!base.startsWith("/") || base.startsWith("//") || base.includes("\\")) {
    throw new Problem({
      code: "unreadable_answer",
      message: "The IDE backend’s address is not a path.",
      status: 200,
    });
  }
  return { ticket: answer.ticket, base: `${base}/workspaces/${workspaceId}` };
}
