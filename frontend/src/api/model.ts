// The server's answers as the application uses them: each is parsed with the schema here. Fields that may be
// missing become `null`; words that this version does not know become their fallback instead of breaking a page.
import * as v from "valibot";

export const optional = <S extends v.GenericSchema>(schema: S) => v.nullish(schema, null);
export const word = <const W extends readonly [string, ...string[]], const F extends string>(
  words: W,
  fallback: F,
) =>
  v.pipe(
    v.string(),
    v.transform((text): W[number] | F => (words.includes(text) ? (text as W[number]) : fallback)),
  );

export const Page = <S extends v.GenericSchema>(item: S) =>
  v.object({ items: v.array(item), next: optional(v.string()) });

export const Setup = v.object({ open: v.boolean() });

export const Me = v.object({
  user: v.object({
    id: v.string(),
    name: v.string(),
    display_name: v.string(),
    language: word(["en", "de"], "en"),
    time_zone: optional(v.string()),
    email: optional(v.string()),
    /** When it was last changed; `null` without a picture. */
    picture: optional(v.string()),
    roles: v.array(v.object({ id: v.string(), code: optional(v.string()), name: v.string() })),
  }),
  abilities: v.object({
    read_log: v.boolean(),
    export_log: v.boolean(),
    manage_users: v.boolean(),
    manage_roles: v.boolean(),
    server_settings: v.boolean(),
    use_workspaces: v.boolean(),
    /** A server that does not say decides when it is tried. */
    make_spaces: v.nullish(v.boolean(), true),
    create_tokens: v.boolean(),
    request_role: v.boolean(),
    break_glass: v.boolean(),
  }),
  /** Guests have none. */
  personal_space: optional(v.object({ id: v.string(), root_id: v.string() })),
  session: v.object({
    /** Without an id and an end when a token speaks and not a browser. */
    id: optional(v.string()),
    expires_at: optional(v.string()),
    method: optional(v.string()),
    factor: v.nullish(word(["none", "recovery", "totp", "passkey"], "none"), "none"),
    elevated_until: optional(v.string()),
    /** Stays signed in when nobody uses the page for long. */
    stay: v.boolean(),
  }),
  second_factor: v.object({
    required: word(["none", "any", "passkey"], "any"),
    due_at: optional(v.string()),
    missing: v.boolean(),
    /** Only the pages that add a factor answer. */
    limited: v.boolean(),
  }),
  /** Of account safety, not seen yet. */
  notices: v.number(),
});
export type Me = v.InferOutput<typeof Me>;

export const Space = v.object({
  id: v.string(),
  kind: word(["personal", "team"], "team"),
  name: v.string(),
  root_id: v.string(),
  role: v.string(),
  /** Bytes of the current files. */
  size: v.number(),
  description: v.nullish(v.string(), ""),
  /** Bytes of all versions that are kept, with the trash: what the quota counts. */
  used: optional(v.number()),
  quota: optional(v.number()),
  archived_at: optional(v.string()),
  /** People and groups. */
  member_count: v.nullish(v.number(), 1),
  /** Versions of a file that are kept, and days that the trash is; `null`: as the server has it. */
  keep_versions: optional(v.number()),
  keep_trash_days: optional(v.number()),
  abilities: v.object({
    write: v.boolean(),
    add: v.nullish(v.boolean(), false),
    manage: v.nullish(v.boolean(), false),
    archive: v.nullish(v.boolean(), false),
  }),
});
export type Space = v.InferOutput<typeof Space>;
export const Spaces = v.object({ items: v.array(Space) });

const Person = v.object({ id: v.string(), display_name: v.string() });

const nodeFields = {
  id: v.string(),
  space_id: v.string(),
  parent_id: optional(v.string()),
  kind: word(["file", "folder"], "file"),
  name: v.string(),
  size: v.number(),
  etag: v.string(),
  changed_at: v.string(),
  changed_by: optional(Person),
  version: optional(v.object({ id: v.string(), number: v.number(), sha256: v.string() })),
  media_type: optional(v.string()),
  /** Said in lists of children and of favourites. */
  favourite: v.optional(v.boolean()),
  abilities: v.object({ write: v.boolean(), delete: v.boolean(), open_workspace: v.boolean() }),
};
export const Node = v.object(nodeFields);
export type Node = v.InferOutput<typeof Node>;
export const NodeWithAncestors = v.object({
  ...nodeFields,
  ancestors: v.array(v.object({ id: v.string(), name: v.string() })),
});
export type NodeWithAncestors = v.InferOutput<typeof NodeWithAncestors>;
export const NodePage = Page(Node);
export type NodePage = v.InferOutput<typeof NodePage>;

export const Trashed = v.object({
  node: Node,
  trashed_at: v.string(),
  trashed_by: optional(Person),
  /** The path of its folder at that time; empty for the top of the space. */
  from: v.string(),
  /** When it is deleted for good; `null`: not by itself. */
  purge_at: optional(v.string()),
});
export type Trashed = v.InferOutput<typeof Trashed>;
export const TrashedPage = Page(Trashed);
export type TrashedPage = v.InferOutput<typeof TrashedPage>;

export const Version = v.object({
  id: v.string(),
  number: v.number(),
  size: v.number(),
  sha256: v.string(),
  origin: word(
    ["upload", "sync", "editor", "office", "workspace", "restore", "copy", "import", "conflict"],
    "other",
  ),
  label: optional(v.string()),
  created_at: v.string(),
  created_by: optional(Person),
  current: v.boolean(),
  abilities: v.nullish(v.object({ restore: v.boolean(), delete: v.boolean(), label: v.boolean() }), {
    restore: false,
    delete: false,
    label: false,
  }),
});
export type Version = v.InferOutput<typeof Version>;
export const VersionPage = v.object({ items: v.array(Version), next: optional(v.number()) });

export const Workspace = v.object({
  id: v.string(),
  name: v.string(),
  folder_id: v.string(),
  space_id: v.string(),
  state: word(["stopped", "starting", "running", "failed"], "unknown"),
  cause: optional(v.string()),
  started_at: optional(v.string()),
  created_at: v.string(),
  abilities: v.object({ open: v.boolean(), delete: v.boolean() }),
});
export type Workspace = v.InferOutput<typeof Workspace>;
export const Workspaces = v.object({ items: v.array(Workspace) });

export const Ticket = v.object({ ticket: v.string(), ide_base: v.string(), expires_in: v.number() });

export const AuditHead = v.object({
  size: v.number(),
  origin: v.string(),
  verification_key: optional(v.string()),
  sealed_at: optional(v.string()),
  signed_size: v.number(),
  signed_at: optional(v.string()),
  waiting: v.number(),
});
export type AuditHead = v.InferOutput<typeof AuditHead>;

export const LogEntry = v.object({
  index: optional(v.number()),
  id: v.string(),
  at: v.string(),
  action: v.string(),
  outcome: word(["ok", "denied", "error"], "unknown"),
  actor: v.object({ type: v.string(), id: optional(v.string()), name: optional(v.string()) }),
  target: optional(v.object({ type: v.string(), id: v.string(), name: optional(v.string()) })),
  space_id: optional(v.string()),
  address: optional(v.string()),
  client: optional(v.string()),
  request_id: optional(v.string()),
  /** Identifiers, sizes, hashes. */
  details: v.record(v.string(), v.unknown()),
  /** Names and paths; empty once they were erased. */
  personal: v.optional(v.unknown()),
  leaf: v.string(),
  leaf_hash: optional(v.string()),
  signed: v.boolean(),
});
export type LogEntry = v.InferOutput<typeof LogEntry>;
export const LogPage = v.object({ items: v.array(LogEntry), next: optional(v.number()) });
export const AuditActions = v.object({ items: v.array(v.string()) });

export const Health = v.object({
  parts: v.array(
    v.object({
      name: v.string(),
      state: word(["fine", "degraded", "missing"], "degraded"),
      detail: v.string(),
      remedy: optional(v.string()),
    }),
  ),
});
export type Health = v.InferOutput<typeof Health>;
