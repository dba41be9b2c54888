-- What clients that keep folders equal ask of files: a number for each node, the time that a client gave its content, SHA-1; what such
-- clients upload in chunks; and how they get their app password.

-- Given by the database alone, never twice, also not after a node is gone.
CREATE TABLE node_numbers (
    last INTEGER NOT NULL
) STRICT;
ALTER TABLE nodes ADD COLUMN number INTEGER;
UPDATE nodes SET number = rowid;
INSERT INTO node_numbers (last) SELECT COALESCE(MAX(number), 0) FROM nodes;
CREATE UNIQUE INDEX nodes_by_number ON nodes (number) WHERE number IS NOT NULL;
CREATE TRIGGER nodes_get_numbers AFTER INSERT ON nodes WHEN NEW.number IS NULL
BEGIN
    UPDATE node_numbers SET last = last + 1;
    UPDATE nodes SET number = (SELECT last FROM node_numbers) WHERE rowid = NEW.rowid;
END;

-- Seconds since 1970, as the client gave them; NULL: the time at which the version came.
ALTER TABLE versions ADD COLUMN mtime INTEGER;
-- Known where a client asked for it; computed here, never taken from anybody.
ALTER TABLE blobs ADD COLUMN sha1 BLOB;
ALTER TABLE blobs ADD COLUMN md5 BLOB;

-- The name that a client gave an upload which comes in chunks.
ALTER TABLE uploads ADD COLUMN transfer TEXT;
-- The time of the content, as the client gave it.
ALTER TABLE uploads ADD COLUMN mtime INTEGER;
CREATE UNIQUE INDEX transfers ON uploads (user_id, transfer) WHERE transfer IS NOT NULL;
-- The chunks by the names that the client gave them, each in pieces. id: the object that holds the bytes.
CREATE TABLE upload_chunks (
    upload_id BLOB NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    start     INTEGER NOT NULL,
    id        BLOB NOT NULL,
    size      INTEGER NOT NULL,
    PRIMARY KEY (upload_id, name, start)
) STRICT;

-- Programs that wait for a person to let them in. sealed: the app password, until the program fetched it.
CREATE TABLE login_flows (
    poll_hash  BLOB PRIMARY KEY NOT NULL,
    flow_hash  BLOB NOT NULL UNIQUE,
    client     TEXT NOT NULL,
    address    TEXT,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    user_id    BLOB REFERENCES users (id) ON DELETE CASCADE,
    sealed     BLOB
) STRICT;
CREATE INDEX login_flows_that_expire ON login_flows (expires_at);
