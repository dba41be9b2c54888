-- Who may sign in, and what proves that someone has.
CREATE TABLE users (
    id            BLOB PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    display_name  TEXT NOT NULL,
    language      TEXT NOT NULL,
    password_hash TEXT,
    state         TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    created_at    TEXT NOT NULL
) STRICT;

CREATE TABLE user_roles (
    user_id BLOB NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL CHECK (role IN ('administrator', 'auditor', 'member', 'guest')),
    PRIMARY KEY (user_id, role)
) STRICT;

-- The token itself is never stored, only its SHA-256.
CREATE TABLE sessions (
    id           BLOB PRIMARY KEY NOT NULL,
    user_id      BLOB NOT NULL REFERENCES users (id),
    token_hash   BLOB NOT NULL UNIQUE,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    ended_at     TEXT
) STRICT;
CREATE INDEX sessions_of_user ON sessions (user_id);

-- Personal access tokens and app passwords.
CREATE TABLE tokens (
    id          BLOB PRIMARY KEY NOT NULL,
    user_id     BLOB NOT NULL REFERENCES users (id),
    kind        TEXT NOT NULL CHECK (kind IN ('personal', 'app_password')),
    label       TEXT NOT NULL,
    secret_hash BLOB NOT NULL UNIQUE,
    scopes      TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    expires_at  TEXT,
    revoked_at  TEXT
) STRICT;
CREATE INDEX tokens_of_user ON tokens (user_id);

-- The link by which the first administrator is made; at most one is valid at a time.
CREATE TABLE setup_links (
    token_hash BLOB PRIMARY KEY NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT
) STRICT;

-- Generic cell rate algorithm: the theoretical arrival time of the next request, in microseconds since 1970.
CREATE TABLE rate_limits (
    key BLOB PRIMARY KEY NOT NULL,
    tat INTEGER NOT NULL
) STRICT;
