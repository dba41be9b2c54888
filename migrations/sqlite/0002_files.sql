-- Content is immutable and stored once; nodes name it; versions remember it.
CREATE TABLE blobs (
    id         BLOB PRIMARY KEY NOT NULL,
    size       INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- change counts the writes in a space; taking the next number is also what makes writers of one space wait for each other.
CREATE TABLE spaces (
    id         BLOB PRIMARY KEY NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('personal', 'team')),
    name       TEXT NOT NULL,
    owner_id   BLOB REFERENCES users (id),
    root_id    BLOB NOT NULL,
    change     INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_personal_space ON spaces (owner_id) WHERE kind = 'personal';

CREATE TABLE space_members (
    space_id BLOB NOT NULL REFERENCES spaces (id),
    user_id  BLOB NOT NULL REFERENCES users (id),
    role     TEXT NOT NULL CHECK (role IN ('manager', 'editor', 'viewer', 'uploader')),
    PRIMARY KEY (space_id, user_id)
) STRICT;
CREATE INDEX spaces_of_user ON space_members (user_id);

-- kind: 0 folder, 1 file. etag: the space's change number when anything at or below the node last changed.
-- size: bytes of the current version, or of all files below.
CREATE TABLE nodes (
    id         BLOB PRIMARY KEY NOT NULL,
    space_id   BLOB NOT NULL REFERENCES spaces (id),
    parent_id  BLOB REFERENCES nodes (id),
    kind       INTEGER NOT NULL CHECK (kind IN (0, 1)),
    name       TEXT NOT NULL,
    sort_key   TEXT NOT NULL,
    size       INTEGER NOT NULL,
    etag       INTEGER NOT NULL,
    version_id BLOB,
    executable INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    changed_by BLOB REFERENCES users (id),
    trashed_at TEXT,
    trashed_by BLOB REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX one_name_in_a_folder ON nodes (parent_id, name) WHERE trashed_at IS NULL;
CREATE INDEX listing ON nodes (parent_id, kind, sort_key, id) WHERE trashed_at IS NULL;

CREATE TABLE versions (
    id         BLOB PRIMARY KEY NOT NULL,
    node_id    BLOB NOT NULL REFERENCES nodes (id),
    number     INTEGER NOT NULL,
    blob_id    BLOB NOT NULL REFERENCES blobs (id),
    size       INTEGER NOT NULL,
    sha256     BLOB NOT NULL,
    origin     TEXT NOT NULL CHECK (origin IN ('upload', 'editor', 'workspace', 'restore')),
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    UNIQUE (node_id, number)
) STRICT;
CREATE INDEX versions_of_blob ON versions (blob_id);
