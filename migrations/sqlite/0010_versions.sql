-- What is kept: versions with where they came from, the trash, and what a person comes back to.

-- The CHECK of origin cannot be changed in place; no other table refers to this one.
CREATE TABLE versions_new (
    id          BLOB PRIMARY KEY NOT NULL,
    node_id     BLOB NOT NULL REFERENCES nodes (id),
    number      INTEGER NOT NULL,
    blob_id     BLOB NOT NULL REFERENCES blobs (id),
    size        INTEGER NOT NULL,
    sha256      BLOB NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('upload', 'sync', 'editor', 'office', 'workspace', 'restore', 'copy', 'import', 'conflict')),
    created_at  TEXT NOT NULL,
    created_by  BLOB REFERENCES users (id),
    -- T-54: the session, token or sandbox through which it came, and the request; never changed.
    created_via BLOB,
    request_id  BLOB,
    label       TEXT,
    UNIQUE (node_id, number)
) STRICT;
INSERT INTO versions_new (id, node_id, number, blob_id, size, sha256, origin, created_at, created_by)
    SELECT id, node_id, number, blob_id, size, sha256, origin, created_at, created_by FROM versions;
DROP TABLE versions;
ALTER TABLE versions_new RENAME TO versions;
CREATE INDEX versions_of_blob ON versions (blob_id);
-- Files of which there is more than one version: what thinning looks at.
CREATE INDEX later_versions ON versions (node_id) WHERE number > 1;

-- The path of the folder that a node was in when it was put into the trash, without the space's top.
ALTER TABLE nodes ADD COLUMN trashed_from TEXT;
CREATE INDEX trash ON nodes (space_id, trashed_at, id) WHERE trashed_at IS NOT NULL;
CREATE INDEX trash_by_age ON nodes (trashed_at) WHERE trashed_at IS NOT NULL;
-- Without it the deletion of a node looks through all nodes for its children.
CREATE INDEX nodes_below ON nodes (parent_id);

-- Nodes that are deleted for good, and folders below them: nobody sees them any more, and their rows go step by step.
CREATE TABLE purges (
    node_id  BLOB PRIMARY KEY NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    space_id BLOB NOT NULL REFERENCES spaces (id),
    asked_at TEXT NOT NULL
) STRICT;
CREATE INDEX purges_in_turn ON purges (space_id, asked_at, node_id);

-- Since when perhaps no version names it. Cleared by whatever names it again.
ALTER TABLE blobs ADD COLUMN orphaned_at TEXT;
CREATE INDEX orphaned_blobs ON blobs (orphaned_at) WHERE orphaned_at IS NOT NULL;
-- Blobs whose row is gone: whoever would name one before its object is seen to be there again is refused.
CREATE TABLE blob_removals (
    blob_id  BLOB PRIMARY KEY NOT NULL,
    asked_at TEXT NOT NULL,
    -- When the object was gone.
    gone_at  TEXT
) STRICT;

CREATE TABLE favourites (
    user_id  BLOB NOT NULL REFERENCES users (id),
    node_id  BLOB NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    added_at TEXT NOT NULL,
    PRIMARY KEY (user_id, node_id)
) STRICT;
CREATE INDEX favourites_of_node ON favourites (node_id);
-- What somebody opened or saved last: a sign of life, no act.
CREATE TABLE recents (
    user_id BLOB NOT NULL REFERENCES users (id),
    node_id BLOB NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    at      TEXT NOT NULL,
    PRIMARY KEY (user_id, node_id)
) STRICT;
CREATE INDEX recents_of_user ON recents (user_id, at);
CREATE INDEX recents_of_node ON recents (node_id);
