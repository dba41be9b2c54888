-- The log. Leaves are canonical bytes and are never re-made from columns; order is seq and nothing else.
CREATE TABLE audit_outbox (
    id    BLOB PRIMARY KEY NOT NULL,
    leaf  BLOB NOT NULL CHECK (length(leaf) <= 16384),
    class INTEGER NOT NULL,
    born  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_outbox_order ON audit_outbox (born, id);

CREATE TABLE audit_log (
    seq       INTEGER PRIMARY KEY NOT NULL,
    id        BLOB NOT NULL UNIQUE,
    leaf      BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    chain     BLOB NOT NULL
) STRICT;
CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TABLE audit_tile (
    epoch  INTEGER NOT NULL,
    level  INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (epoch, level, n)
) STRICT;

CREATE TABLE audit_head (
    one       INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    epoch     INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    root      BLOB NOT NULL,
    chain     BLOB NOT NULL,
    frontier  BLOB NOT NULL,
    min_index INTEGER NOT NULL,
    sealed_at TEXT NOT NULL
) STRICT;

CREATE TABLE audit_checkpoint (
    epoch     INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    note      TEXT NOT NULL,
    anchors   TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    PRIMARY KEY (epoch, size)
) STRICT;

-- For searching; can be made again from audit_log.
CREATE TABLE audit_index (
    seq   INTEGER PRIMARY KEY NOT NULL,
    ts    TEXT NOT NULL,
    act   TEXT NOT NULL,
    out   TEXT NOT NULL,
    space TEXT,
    actor TEXT,
    tgt_t TEXT,
    tgt_id TEXT,
    req   TEXT
) STRICT;
CREATE INDEX audit_index_ts ON audit_index (ts, seq);
CREATE INDEX audit_index_actor ON audit_index (actor, seq);
CREATE INDEX audit_index_act ON audit_index (act, seq);
CREATE INDEX audit_index_out ON audit_index (out, seq);
CREATE INDEX audit_index_tgt ON audit_index (tgt_id, seq);
CREATE INDEX audit_index_req ON audit_index (req);

-- Personal data of an entry, encrypted with its subject's key; the leaf holds only a commitment.
CREATE TABLE audit_personal (
    entry_id BLOB NOT NULL,
    kid      TEXT NOT NULL,
    nonce    BLOB NOT NULL,
    ct       BLOB NOT NULL,
    PRIMARY KEY (entry_id, kid)
) STRICT;

CREATE TABLE audit_subject_key (
    kid         TEXT PRIMARY KEY NOT NULL,
    subject     BLOB NOT NULL,
    wrapped     BLOB,
    shredded_at TEXT
) STRICT;
CREATE UNIQUE INDEX audit_subject_key_live ON audit_subject_key (subject) WHERE shredded_at IS NULL;
