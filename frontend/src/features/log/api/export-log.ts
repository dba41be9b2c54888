import { jsonBody, type ApiClient } from "@/api/client";
import type { LogFilter } from "../log-search";

/** A bundle of the entries with their proofs; `carrel audit verify` checks it without this server. */
export async function exportLog(api: ApiClient, filter: LogFilter): Promise<{ bundle: Blob; name: string }> {
  const response = await api.send("/api/v1/audit/exports", jsonBody("POST", filter));
  const disposition = response.headers.get("content-disposition") ?? "";
  const name = /filename="?([^";]+)"?/.exec(disposition)?.[1] ?? "carrel-log.tar";
  return { bundle: await response.blob(), name };
}
