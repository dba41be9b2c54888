-- People: who they are, what they may do, and how they show that they are it.
ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service'));
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE users ADD COLUMN passkey_handle UUID;
-- When a role began to ask for a second factor, the end of the time in which the person may go without.
ALTER TABLE users ADD COLUMN factor_due_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN deleted_at TIMESTAMPTZ;
-- Name, display name and address in small letters: what a search looks at.
ALTER TABLE users ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
UPDATE users SET search_key = lower(name_key || ' ' || display_name);
CREATE UNIQUE INDEX user_of_passkey_handle ON users (passkey_handle) WHERE passkey_handle IS NOT NULL;

CREATE TABLE user_pictures (
    user_id    UUID PRIMARY KEY NOT NULL REFERENCES users (id),
    media_type TEXT NOT NULL,
    content    BYTEA NOT NULL CHECK (octet_length(content) <= 262144),
    changed_at TIMESTAMPTZ NOT NULL
);

-- The system's roles have a code, and their rights stand in the program; the others are made of permission codes with spaces between.
CREATE TABLE roles (
    id            UUID PRIMARY KEY NOT NULL,
    code          TEXT UNIQUE,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    description   TEXT NOT NULL,
    permissions   TEXT NOT NULL,
    second_factor TEXT NOT NULL CHECK (second_factor IN ('none', 'any', 'passkey')),
    grace_hours   BIGINT NOT NULL CHECK (grace_hours BETWEEN 0 AND 8760),
    created_at    TIMESTAMPTZ NOT NULL
);
INSERT INTO roles (id, code, name, name_key, description, permissions, second_factor, grace_hours, created_at) VALUES
    ('00000000-0000-7000-8000-000000000001', 'administrator', 'administrator', 'administrator', '', '', 'any', 168, '2026-01-01T00:00:00.000000Z'),
    ('00000000-0000-7000-8000-000000000002', 'auditor', 'auditor', 'auditor', '', '', 'any', 168, '2026-01-01T00:00:00.000000Z'),
    ('00000000-0000-7000-8000-000000000003', 'member', 'member', 'member', '', '', 'none', 168, '2026-01-01T00:00:00.000000Z'),
    ('00000000-0000-7000-8000-000000000004', 'guest', 'guest', 'guest', '', '', 'none', 168, '2026-01-01T00:00:00.000000Z');

CREATE TABLE role_members (
    user_id    UUID NOT NULL REFERENCES users (id),
    role_id    UUID NOT NULL REFERENCES roles (id),
    granted_at TIMESTAMPTZ NOT NULL,
    granted_by UUID REFERENCES users (id),
    -- A role for a time.
    expires_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, role_id)
);
CREATE INDEX members_of_role ON role_members (role_id);
INSERT INTO role_members (user_id, role_id, granted_at)
    SELECT m.user_id, r.id, u.created_at FROM user_roles m JOIN roles r ON r.code = m.role JOIN users u ON u.id = m.user_id;
DROP TABLE user_roles;
-- Whoever is there when the rule comes has a week.
UPDATE users SET factor_due_at = now() + interval '7 days' WHERE id IN
    (SELECT m.user_id FROM role_members m JOIN roles r ON r.id = m.role_id WHERE r.second_factor <> 'none');

CREATE TABLE groups (
    id         UUID PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE group_members (
    group_id UUID NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  UUID NOT NULL REFERENCES users (id),
    added_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX groups_of_user ON group_members (user_id);

-- Links that let somebody in once. Only the SHA-256 of a link's secret is stored.
CREATE TABLE invitations (
    id         UUID PRIMARY KEY NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    email      TEXT,
    note       TEXT NOT NULL,
    -- Identifiers of roles, with spaces between.
    role_ids   TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID NOT NULL REFERENCES users (id),
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    used_at    TIMESTAMPTZ,
    used_by    UUID REFERENCES users (id)
);
CREATE TABLE password_resets (
    token_hash BYTEA PRIMARY KEY NOT NULL,
    user_id    UUID NOT NULL REFERENCES users (id),
    created_at TIMESTAMPTZ NOT NULL,
    created_by UUID REFERENCES users (id),
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX password_resets_of_user ON password_resets (user_id);

-- Second factors. Secrets that must be read again are sealed with a key that is not in the database.
CREATE TABLE passkeys (
    id            UUID PRIMARY KEY NOT NULL,
    user_id       UUID NOT NULL REFERENCES users (id),
    credential_id BYTEA NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    credential    TEXT NOT NULL,
    counter       BIGINT NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL,
    last_used_at  TIMESTAMPTZ
);
CREATE INDEX passkeys_of_user ON passkeys (user_id);
CREATE TABLE totp_factors (
    user_id      UUID PRIMARY KEY NOT NULL REFERENCES users (id),
    secret       BYTEA NOT NULL,
    -- The last time step whose code was taken.
    last_step    BIGINT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ
);
CREATE TABLE recovery_codes (
    user_id   UUID NOT NULL REFERENCES users (id),
    -- The first group of the code; the rest is hashed.
    prefix    TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    used_at   TIMESTAMPTZ,
    PRIMARY KEY (user_id, prefix)
);

-- What a browser has begun and not finished: a sign-in that waits for its second factor, a challenge for a passkey, a way to another
-- provider and back. Taken by deleting it, so it is used once. binding: SHA-256 of the cookie or the session it belongs to.
CREATE TABLE ceremonies (
    binding    BYTEA NOT NULL,
    kind       TEXT NOT NULL,
    user_id    UUID REFERENCES users (id),
    state      BYTEA NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (binding, kind)
);
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);

-- A session is one sign-in on one device. token_hash and previous_hash: the access tokens; the older one lives a little longer, for
-- requests that are under way. Those from before cannot be refreshed, so they end.
ALTER TABLE sessions ADD COLUMN previous_hash BYTEA;
ALTER TABLE sessions ADD COLUMN previous_until TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN access_until TIMESTAMPTZ NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE sessions ADD COLUMN idle_until TIMESTAMPTZ NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE sessions ADD COLUMN stay BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'passkey', 'provider', 'invitation'));
ALTER TABLE sessions ADD COLUMN factor TEXT NOT NULL DEFAULT 'none' CHECK (factor IN ('none', 'recovery', 'totp', 'passkey'));
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN client TEXT;
ALTER TABLE sessions ADD COLUMN elevation_hash BYTEA;
ALTER TABLE sessions ADD COLUMN elevated_until TIMESTAMPTZ;
-- Until when the sign-in counts as fresh: long enough to change what protects the account.
ALTER TABLE sessions ADD COLUMN confirmed_until TIMESTAMPTZ NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE sessions ADD COLUMN ended_cause TEXT;
ALTER TABLE sessions ADD COLUMN provider_id UUID;
ALTER TABLE sessions ADD COLUMN provider_session TEXT;
UPDATE sessions SET ended_at = created_at, ended_cause = 'update' WHERE ended_at IS NULL;
CREATE INDEX sessions_by_previous_token ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX sessions_of_provider ON sessions (provider_id, provider_session) WHERE provider_id IS NOT NULL;

CREATE TABLE refresh_tokens (
    id         UUID PRIMARY KEY NOT NULL,
    session_id UUID NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    parent_id  UUID UNIQUE,
    token_hash BYTEA NOT NULL UNIQUE,
    state      TEXT NOT NULL CHECK (state IN ('active', 'used')),
    issued_at  TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ,
    expires_at TIMESTAMPTZ NOT NULL,
    -- What it was exchanged for, sealed with itself: only who presents it again can open it.
    successor  BYTEA
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

ALTER TABLE tokens ADD COLUMN created_by UUID REFERENCES users (id);
ALTER TABLE tokens ADD COLUMN addresses TEXT;
ALTER TABLE tokens ADD COLUMN last_used_at TIMESTAMPTZ;
ALTER TABLE tokens ADD COLUMN last_used_address TEXT;

-- Consecutive failures to show who one is, and when the next try is looked at. Success deletes the row.
CREATE TABLE throttles (
    key      BYTEA PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    free_at  BIGINT NOT NULL
);

-- The administrator's role for a time. Nobody decides on their own request.
CREATE TABLE role_requests (
    id         UUID PRIMARY KEY NOT NULL,
    user_id    UUID NOT NULL REFERENCES users (id),
    role_id    UUID NOT NULL REFERENCES roles (id),
    kind       TEXT NOT NULL CHECK (kind IN ('request', 'break_glass')),
    reason     TEXT NOT NULL,
    minutes    BIGINT NOT NULL CHECK (minutes BETWEEN 1 AND 480),
    state      TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'withdrawn', 'expired', 'reviewed')),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    decided_by UUID REFERENCES users (id),
    CHECK (decided_by IS NULL OR decided_by <> user_id)
);
CREATE UNIQUE INDEX one_open_request ON role_requests (user_id, role_id) WHERE state = 'pending';

-- What a person is told about the safety of their account, until they have seen it.
CREATE TABLE notices (
    id         UUID PRIMARY KEY NOT NULL,
    user_id    UUID NOT NULL REFERENCES users (id),
    kind       TEXT NOT NULL,
    address    TEXT,
    client     TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at    TIMESTAMPTZ
);
CREATE INDEX notices_of_user ON notices (user_id, created_at);

CREATE TABLE identity_providers (
    id            UUID PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    issuer        TEXT NOT NULL UNIQUE,
    client_id     TEXT NOT NULL,
    client_secret BYTEA NOT NULL,
    scopes        TEXT NOT NULL,
    -- The claim that holds a person's groups, and which role each group gives: JSON object of group to role identifier.
    group_claim   TEXT NOT NULL,
    group_roles   TEXT NOT NULL,
    -- Whether people whom nobody knows yet become users at their first sign-in.
    make_users    BOOLEAN NOT NULL,
    enabled       BOOLEAN NOT NULL,
    created_at    TIMESTAMPTZ NOT NULL
);
-- Whose groups gave the role: only what a provider gave, it takes away again.
ALTER TABLE role_members ADD COLUMN provider_id UUID REFERENCES identity_providers (id);
CREATE TABLE external_identities (
    provider_id  UUID NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    subject      TEXT NOT NULL,
    user_id      UUID NOT NULL REFERENCES users (id),
    linked_at    TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    PRIMARY KEY (provider_id, subject),
    UNIQUE (provider_id, user_id)
);
CREATE INDEX identities_of_user ON external_identities (user_id);
-- Assertions that may be used once, until they expire.
CREATE TABLE used_assertions (
    hash       BYTEA PRIMARY KEY NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Counts what ended: sessions, rights, people. Whoever holds something open looks again when it changed.
CREATE TABLE revocations (
    one   INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    epoch BIGINT NOT NULL
);
INSERT INTO revocations (one, epoch) VALUES (1, 1);

-- Mail that waits to be sent. entry_id: the act that it tells of.
CREATE TABLE mail_outbox (
    id          UUID PRIMARY KEY NOT NULL,
    entry_id    UUID NOT NULL,
    recipient   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    tries       BIGINT NOT NULL,
    next_try_at TIMESTAMPTZ NOT NULL,
    last_error  TEXT
);
CREATE INDEX mail_to_send ON mail_outbox (next_try_at);
