-- The log. Leaves are canonical bytes and are never re-made from columns; order is seq and nothing else.
CREATE TABLE audit_outbox (
    id    UUID PRIMARY KEY NOT NULL,
    leaf  BYTEA NOT NULL CHECK (octet_length(leaf) <= 16384),
    class SMALLINT NOT NULL,
    born  TIMESTAMPTZ NOT NULL
);
CREATE INDEX audit_outbox_order ON audit_outbox (born, id);

CREATE TABLE audit_log (
    seq       BIGINT PRIMARY KEY NOT NULL,
    id        UUID NOT NULL UNIQUE,
    leaf      BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL,
    chain     BYTEA NOT NULL
);
CREATE FUNCTION audit_log_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$;
CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_log_append_only();

CREATE TABLE audit_tile (
    epoch  BIGINT NOT NULL,
    level  BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (epoch, level, n)
);

CREATE TABLE audit_head (
    one       SMALLINT PRIMARY KEY NOT NULL CHECK (one = 1),
    epoch     BIGINT NOT NULL,
    size      BIGINT NOT NULL,
    root      BYTEA NOT NULL,
    chain     BYTEA NOT NULL,
    frontier  BYTEA NOT NULL,
    min_index BIGINT NOT NULL,
    sealed_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE audit_checkpoint (
    epoch     BIGINT NOT NULL,
    size      BIGINT NOT NULL,
    note      TEXT NOT NULL,
    anchors   TEXT NOT NULL,
    signed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (epoch, size)
);

-- For searching; can be made again from audit_log.
CREATE TABLE audit_index (
    seq   BIGINT PRIMARY KEY NOT NULL,
    ts    TIMESTAMPTZ NOT NULL,
    act   TEXT NOT NULL,
    out   TEXT NOT NULL,
    space TEXT,
    actor TEXT,
    tgt_t TEXT,
    tgt_id TEXT,
    req   TEXT
);
CREATE INDEX audit_index_ts ON audit_index (ts, seq);
CREATE INDEX audit_index_actor ON audit_index (actor, seq);
CREATE INDEX audit_index_act ON audit_index (act, seq);
CREATE INDEX audit_index_out ON audit_index (out, seq);
CREATE INDEX audit_index_tgt ON audit_index (tgt_id, seq);
CREATE INDEX audit_index_req ON audit_index (req);

-- Personal data of an entry, encrypted with its subject's key; the leaf holds only a commitment.
CREATE TABLE audit_personal (
    entry_id UUID NOT NULL,
    kid      TEXT NOT NULL,
    nonce    BYTEA NOT NULL,
    ct       BYTEA NOT NULL,
    PRIMARY KEY (entry_id, kid)
);

CREATE TABLE audit_subject_key (
    kid         TEXT PRIMARY KEY NOT NULL,
    subject     UUID NOT NULL,
    wrapped     BYTEA,
    shredded_at TIMESTAMPTZ
);
CREATE UNIQUE INDEX audit_subject_key_live ON audit_subject_key (subject) WHERE shredded_at IS NULL;
