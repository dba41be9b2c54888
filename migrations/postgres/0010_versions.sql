-- What is kept: versions with where they came from, the trash, and what a person comes back to.

ALTER TABLE versions DROP CONSTRAINT versions_origin_check;
ALTER TABLE versions ADD CONSTRAINT versions_origin_check
    CHECK (origin IN ('upload', 'sync', 'editor', 'office', 'workspace', 'restore', 'copy', 'import', 'conflict'));
-- T-54: the session, token or sandbox through which it came, and the request; never changed.
ALTER TABLE versions ADD COLUMN created_via UUID, ADD COLUMN request_id UUID, ADD COLUMN label TEXT;
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
    node_id  UUID PRIMARY KEY NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    space_id UUID NOT NULL REFERENCES spaces (id),
    asked_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX purges_in_turn ON purges (space_id, asked_at, node_id);

-- Since when perhaps no version names it. Cleared by whatever names it again.
ALTER TABLE blobs ADD COLUMN orphaned_at TIMESTAMPTZ;
CREATE INDEX orphaned_blobs ON blobs (orphaned_at) WHERE orphaned_at IS NOT NULL;
-- Blobs whose row is gone: whoever would name one before its object is seen to be there again is refused.
CREATE TABLE blob_removals (
    blob_id  BYTEA PRIMARY KEY NOT NULL,
    asked_at TIMESTAMPTZ NOT NULL,
    -- When the object was gone.
    gone_at  TIMESTAMPTZ
);

CREATE TABLE favourites (
    user_id  UUID NOT NULL REFERENCES users (id),
    node_id  UUID NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    added_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, node_id)
);
CREATE INDEX favourites_of_node ON favourites (node_id);
-- What somebody opened or saved last: a sign of life, no act.
CREATE TABLE recents (
    user_id UUID NOT NULL REFERENCES users (id),
    node_id UUID NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    at      TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, node_id)
);
CREATE INDEX recents_of_user ON recents (user_id, at);
CREATE INDEX recents_of_node ON recents (node_id);
