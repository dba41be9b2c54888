-- Content that comes in pieces. A row is nobody's file yet: it becomes one when the last piece is there, or it expires.
-- Without folder_id it is a part of a later upload. There is no foreign key to the folder: one that is purged meanwhile ends the upload
-- when it would become a file.
CREATE TABLE uploads (
    id         BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    folder_id  BLOB,
    name       TEXT,
    -- The version that is replaced; NULL: the name must be free.
    expected   BLOB,
    sha256     BLOB,
    -- Bytes in all; NULL: not said yet.
    length     INTEGER,
    -- Bytes that are durable. Equal to the length of an upload with a folder only when it has become a file.
    received   INTEGER NOT NULL,
    -- What the client said of it, as it said it.
    metadata   TEXT NOT NULL,
    -- Of which uploads it was put together, as the client said it.
    joined     TEXT,
    node_id    BLOB,
    version_id BLOB,
    -- Who writes to it at this moment, on whichever replica, and how long that counts.
    held_by    BLOB,
    held_until TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX uploads_of_user ON uploads (user_id, id);
CREATE INDEX uploads_that_expire ON uploads (expires_at);

-- The pieces, by where they begin. id: the object that holds the bytes.
CREATE TABLE upload_parts (
    upload_id BLOB NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    start     INTEGER NOT NULL,
    id        BLOB NOT NULL,
    size      INTEGER NOT NULL,
    PRIMARY KEY (upload_id, start)
) STRICT;
