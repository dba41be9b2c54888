-- A workspace is bound to a folder; a sandbox is one run of it.
CREATE TABLE workspaces (
    id         UUID PRIMARY KEY NOT NULL,
    space_id   UUID NOT NULL REFERENCES spaces (id),
    folder_id  UUID NOT NULL REFERENCES nodes (id),
    name       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    deleted_at TIMESTAMPTZ,
    -- The volume of a deleted workspace: when its removal was last asked for, and when it was gone.
    removal_asked_at TIMESTAMPTZ,
    volume_gone_at   TIMESTAMPTZ
);
CREATE INDEX workspaces_with_a_volume_to_remove ON workspaces (deleted_at) WHERE deleted_at IS NOT NULL AND volume_gone_at IS NULL;
CREATE UNIQUE INDEX one_workspace_of_a_folder ON workspaces (folder_id) WHERE deleted_at IS NULL;
CREATE INDEX workspaces_of_space ON workspaces (space_id) WHERE deleted_at IS NULL;

-- A browser's way from the cloud backend to the IDE backend: one use, 30 s. Only the SHA-256 is stored.
CREATE TABLE workspace_tickets (
    token_hash   BYTEA PRIMARY KEY NOT NULL,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    session_id   UUID NOT NULL REFERENCES sessions (id),
    expires_at   TIMESTAMPTZ NOT NULL
);
CREATE INDEX workspace_tickets_of_session ON workspace_tickets (session_id);

CREATE TABLE ide_sessions (
    id           UUID PRIMARY KEY NOT NULL,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    session_id   UUID NOT NULL REFERENCES sessions (id),
    created_at   TIMESTAMPTZ NOT NULL,
    renewed_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ
);
CREATE INDEX ide_sessions_of_workspace ON ide_sessions (workspace_id);
CREATE INDEX ide_sessions_of_session ON ide_sessions (session_id);

-- state: intended (the log says that it was asked for), running, ended, failed, unknown (nobody reported).
CREATE TABLE sandboxes (
    id           UUID PRIMARY KEY NOT NULL,
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    user_id      UUID NOT NULL REFERENCES users (id),
    session_id   UUID NOT NULL REFERENCES sessions (id),
    state        TEXT NOT NULL CHECK (state IN ('intended', 'running', 'ended', 'failed', 'unknown')),
    cause        TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    started_at   TIMESTAMPTZ,
    ended_at     TIMESTAMPTZ,
    stop_asked_at TIMESTAMPTZ,
    reported_at  TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX one_sandbox_of_a_workspace ON sandboxes (workspace_id) WHERE state IN ('intended', 'running');
CREATE INDEX sandboxes_of_workspace ON sandboxes (workspace_id, created_at);
CREATE INDEX sandboxes_of_session ON sandboxes (session_id);

-- Files as a workspace's volume last agreed with the cloud.
CREATE TABLE workspace_bases (
    workspace_id UUID NOT NULL REFERENCES workspaces (id),
    path         TEXT COLLATE "C" NOT NULL,
    version_id   UUID NOT NULL,
    sha256       BYTEA NOT NULL,
    PRIMARY KEY (workspace_id, path)
);
