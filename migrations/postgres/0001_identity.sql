-- Who may sign in, and what proves that someone has.
CREATE TABLE users (
    id            UUID PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    display_name  TEXT NOT NULL,
    language      TEXT NOT NULL,
    password_hash TEXT,
    state         TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    created_at    TIMESTAMPTZ NOT NULL
);

CREATE TABLE user_roles (
    user_id UUID NOT NULL REFERENCES users (id),
    role    TEXT NOT NULL CHECK (role IN ('administrator', 'auditor', 'member', 'guest')),
    PRIMARY KEY (user_id, role)
);

-- The token itself is never stored, only its SHA-256.
CREATE TABLE sessions (
    id           UUID PRIMARY KEY NOT NULL,
    user_id      UUID NOT NULL REFERENCES users (id),
    token_hash   BYTEA NOT NULL UNIQUE,
    created_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    ended_at     TIMESTAMPTZ
);
CREATE INDEX sessions_of_user ON sessions (user_id);

-- Personal access tokens and app passwords.
CREATE TABLE tokens (
    id          UUID PRIMARY KEY NOT NULL,
    user_id     UUID NOT NULL REFERENCES users (id),
    kind        TEXT NOT NULL CHECK (kind IN ('personal', 'app_password')),
    label       TEXT NOT NULL,
    secret_hash BYTEA NOT NULL UNIQUE,
    scopes      TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    expires_at  TIMESTAMPTZ,
    revoked_at  TIMESTAMPTZ
);
CREATE INDEX tokens_of_user ON tokens (user_id);

-- The link by which the first administrator is made; at most one is valid at a time.
CREATE TABLE setup_links (
    token_hash BYTEA PRIMARY KEY NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);

-- Generic cell rate algorithm: the theoretical arrival time of the next request, in microseconds since 1970.
CREATE TABLE rate_limits (
    key BYTEA PRIMARY KEY NOT NULL,
    tat BIGINT NOT NULL
);
