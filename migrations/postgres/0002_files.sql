-- Content is immutable and stored once; nodes name it; versions remember it.
CREATE TABLE blobs (
    id         BYTEA PRIMARY KEY NOT NULL,
    size       BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- change counts the writes in a space; taking the next number is also what makes writers of one space wait for each other.
CREATE TABLE spaces (
    id         UUID PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('personal', 'team')),
    name       TEXT NOT NULL,
    owner_id   UUID REFERENCES users (id),
    root_id    UUID NOT NULL,
    change     BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX one_personal_space ON spaces (owner_id) WHERE kind = 'personal';

CREATE TABLE space_members (
    space_id UUID NOT NULL REFERENCES spaces (id),
    user_id  UUID NOT NULL REFERENCES users (id),
    role     TEXT NOT NULL CHECK (role IN ('manager', 'editor', 'viewer', 'uploader')),
    PRIMARY KEY (space_id, user_id)
);
CREATE INDEX spaces_of_user ON space_members (user_id);

-- kind: 0 folder, 1 file. etag: the space's change number when anything at or below the node last changed.
-- size: bytes of the current version, or of all files below.
CREATE TABLE nodes (
    id         UUID PRIMARY KEY NOT NULL,
    space_id   UUID NOT NULL REFERENCES spaces (id),
    parent_id  UUID REFERENCES nodes (id),
    kind       SMALLINT NOT NULL CHECK (kind IN (0, 1)),
    name       TEXT COLLATE "C" NOT NULL,
    sort_key   TEXT COLLATE "C" NOT NULL,
    size       BIGINT NOT NULL,
    etag       BIGINT NOT NULL,
    version_id UUID,
    executable BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    changed_by UUID REFERENCES users (id),
    trashed_at TIMESTAMPTZ,
    trashed_by UUID REFERENCES users (id)
);
CREATE UNIQUE INDEX one_name_in_a_folder ON nodes (parent_id, name) WHERE trashed_at IS NULL;
CREATE INDEX listing ON nodes (parent_id, kind, sort_key, id) WHERE trashed_at IS NULL;

CREATE TABLE versions (
    id         UUID PRIMARY KEY NOT NULL,
    node_id    UUID NOT NULL REFERENCES nodes (id),
    number     BIGINT NOT NULL,
    blob_id    BYTEA NOT NULL REFERENCES blobs (id),
    size       BIGINT NOT NULL,
    sha256     BYTEA NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('upload', 'editor', 'workspace', 'restore')),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    UNIQUE (node_id, number)
);
CREATE INDEX versions_of_blob ON versions (blob_id);
