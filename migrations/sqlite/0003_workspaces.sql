-- A workspace is bound to a folder; a sandbox is one run of it.
CREATE TABLE workspaces (
    id         BLOB PRIMARY KEY NOT NULL,
    space_id   BLOB NOT NULL REFERENCES spaces (id),
    folder_id  BLOB NOT NULL REFERENCES nodes (id),
    name       TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    deleted_at TEXT,
    -- The volume of a deleted workspace: when its removal was last asked for, and when it was gone.
    removal_asked_at TEXT,
    volume_gone_at   TEXT
) STRICT;
CREATE INDEX workspaces_with_a_volume_to_remove ON workspaces (deleted_at) WHERE deleted_at IS NOT NULL AND volume_gone_at IS NULL;
CREATE UNIQUE INDEX one_workspace_of_a_folder ON workspaces (folder_id) WHERE deleted_at IS NULL;
CREATE INDEX workspaces_of_space ON workspaces (space_id) WHERE deleted_at IS NULL;

-- A browser's way from the cloud backend to the IDE backend: one use, 30 s. Only the SHA-256 is stored.
CREATE TABLE workspace_tickets (
    token_hash   BLOB PRIMARY KEY NOT NULL,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    session_id   BLOB NOT NULL REFERENCES sessions (id),
    expires_at   TEXT NOT NULL
) STRICT;
CREATE INDEX workspace_tickets_of_session ON workspace_tickets (session_id);

CREATE TABLE ide_sessions (
    id           BLOB PRIMARY KEY NOT NULL,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    session_id   BLOB NOT NULL REFERENCES sessions (id),
    created_at   TEXT NOT NULL,
    renewed_at   TEXT NOT NULL,
    ended_at     TEXT
) STRICT;
CREATE INDEX ide_sessions_of_workspace ON ide_sessions (workspace_id);
CREATE INDEX ide_sessions_of_session ON ide_sessions (session_id);

-- state: intended (the log says that it was asked for), running, ended, failed, unknown (nobody reported).
CREATE TABLE sandboxes (
    id           BLOB PRIMARY KEY NOT NULL,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    user_id      BLOB NOT NULL REFERENCES users (id),
    session_id   BLOB NOT NULL REFERENCES sessions (id),
    state        TEXT NOT NULL CHECK (state IN ('intended', 'running', 'ended', 'failed', 'unknown')),
    cause        TEXT,
    created_at   TEXT NOT NULL,
    started_at   TEXT,
    ended_at     TEXT,
    stop_asked_at TEXT,
    reported_at  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_sandbox_of_a_workspace ON sandboxes (workspace_id) WHERE state IN ('intended', 'running');
CREATE INDEX sandboxes_of_workspace ON sandboxes (workspace_id, created_at);
CREATE INDEX sandboxes_of_session ON sandboxes (session_id);

-- Files as a workspace's volume last agreed with the cloud.
CREATE TABLE workspace_bases (
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    path         TEXT NOT NULL,
    version_id   BLOB NOT NULL,
    sha256       BLOB NOT NULL,
    PRIMARY KEY (workspace_id, path)
) STRICT;
