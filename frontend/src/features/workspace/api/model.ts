// What the IDE backend answers and sends, parsed before use.
import * as v from "valibot";

const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema, null);

export const IdeSession = v.object({
  workspace: v.object({ id: v.string(), name: v.string(), folder_id: v.string() }),
  user: v.object({ id: v.string(), name: v.string() }),
  can_write: v.boolean(),
});
export type IdeSession = v.InferOutput<typeof IdeSession>;

export const Entry = v.object({
  path: v.string(),
  kind: v.fallback(v.picklist(["file", "folder", "other"]), "other"),
  size: v.number(),
  modified_ms: v.number(),
  executable: v.boolean(),
});
export type Entry = v.InferOutput<typeof Entry>;
export const Entries = v.object({ entries: v.array(Entry) });

export const Saved = v.object({ sha256: v.string(), size: v.number() });

export const Terminal = v.object({
  id: v.string(),
  title: v.string(),
  cols: v.number(),
  rows: v.number(),
  exit_code: optional(v.number()),
});
export type Terminal = v.InferOutput<typeof Terminal>;
export const Terminals = v.object({ items: v.array(Terminal) });

export const sandboxStates = ["starting", "hydrating", "ready", "stopping", "stopped", "failed"] as const;
export type SandboxState = (typeof sandboxStates)[number];

const Progress = v.object({
  files_done: v.number(),
  files_total: v.number(),
  bytes_done: v.number(),
  bytes_total: v.number(),
});
const ms = optional(v.number());
const Timing = v.object({ volume_ms: ms, create_ms: ms, start_ms: ms, agent_ms: ms, hydrate_ms: ms });

export const StateEvent = v.object({
  type: v.literal("state"),
  state: v.fallback(v.picklist(sandboxStates), "failed"),
  detail: optional(v.string()),
  code: optional(v.string()),
  progress: optional(Progress),
  timing: optional(Timing),
});
export type StateEvent = v.InferOutput<typeof StateEvent>;

/** The workspace or its folder was removed, or the right to it: there is nothing to start again. */
export const isGone = (sandbox: StateEvent | null): boolean => sandbox?.code === "folder_gone";

export const SyncEvent = v.object({
  type: v.literal("sync"),
  state: v.fallback(v.picklist(["synced", "syncing", "offline"]), "syncing"),
  pending: v.number(),
  last_synced_at: optional(v.string()),
  message: optional(v.string()),
});
export type SyncEvent = v.InferOutput<typeof SyncEvent>;

export const UsageEvent = v.object({
  type: v.literal("usage"),
  memory_bytes: v.number(),
  cpu_ms: v.number(),
  processes: v.number(),
  disk_bytes: v.number(),
  disk_limit_bytes: v.number(),
  files: v.number(),
  files_limit: v.number(),
});
export type UsageEvent = v.InferOutput<typeof UsageEvent>;

export const WorkspaceEvent = v.variant("type", [
  StateEvent,
  SyncEvent,
  UsageEvent,
  v.object({ type: v.literal("files"), paths: v.array(v.string()), overflow: v.boolean() }),
  v.object({ type: v.literal("conflict"), path: v.string(), saved_as: v.string() }),
  v.object({ type: v.literal("ended"), code: v.string(), message: v.string() }),
]);
export type WorkspaceEvent = v.InferOutput<typeof WorkspaceEvent>;
