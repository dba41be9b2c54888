// Ends an upload that nobody will go on with; the server forgets what arrived of it.
import type { ApiClient } from "@/api/client";

export async function endUnfinished(api: ApiClient, id: string): Promise<void> {
  await api.send(`/api/v1/uploads/${id}`, { method: "DELETE", headers: { "tus-resumable": "1.0.0" } });
}
