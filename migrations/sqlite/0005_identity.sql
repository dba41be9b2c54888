-- People: who they are, what they may do, and how they show that they are it.
ALTER TABLE users ADD COLUMN kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service'));
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';
ALTER TABLE users ADD COLUMN passkey_handle BLOB;
-- When a role began to ask for a second factor, the end of the time in which the person may go without.
ALTER TABLE users ADD COLUMN factor_due_at TEXT;
ALTER TABLE users ADD COLUMN deleted_at TEXT;
-- Name, display name and address in small letters: what a search looks at.
ALTER TABLE users ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
UPDATE users SET search_key = lower(name_key || ' ' || display_name);
CREATE UNIQUE INDEX user_of_passkey_handle ON users (passkey_handle) WHERE passkey_handle IS NOT NULL;

CREATE TABLE user_pictures (
    user_id    BLOB PRIMARY KEY NOT NULL REFERENCES users (id),
    media_type TEXT NOT NULL,
    content    BLOB NOT NULL CHECK (length(content) <= 262144),
    changed_at TEXT NOT NULL
) STRICT;

-- The system's roles have a code, and their rights stand in the program; the others are made of permission codes with spaces between.
CREATE TABLE roles (
    id            BLOB PRIMARY KEY NOT NULL,
    code          TEXT UNIQUE,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    description   TEXT NOT NULL,
    permissions   TEXT NOT NULL,
    second_factor TEXT NOT NULL CHECK (second_factor IN ('none', 'any', 'passkey')),
    grace_hours   INTEGER NOT NULL CHECK (grace_hours BETWEEN 0 AND 8760),
    created_at    TEXT NOT NULL
) STRICT;
INSERT INTO roles (id, code, name, name_key, description, permissions, second_factor, grace_hours, created_at) VALUES
    (X'00000000000070008000000000000001', 'administrator', 'administrator', 'administrator', '', '', 'any', 168, '2026-01-01T00:00:00.000000Z'),
    (X'00000000000070008000000000000002', 'auditor', 'auditor', 'auditor', '', '', 'any', 168, '2026-01-01T00:00:00.000000Z'),
    (X'00000000000070008000000000000003', 'member', 'member', 'member', '', '', 'none', 168, '2026-01-01T00:00:00.000000Z'),
    (X'00000000000070008000000000000004', 'guest', 'guest', 'guest', '', '', 'none', 168, '2026-01-01T00:00:00.000000Z');

CREATE TABLE role_members (
    user_id    BLOB NOT NULL REFERENCES users (id),
    role_id    BLOB NOT NULL REFERENCES roles (id),
    granted_at TEXT NOT NULL,
    granted_by BLOB REFERENCES users (id),
    -- A role for a time.
    expires_at TEXT,
    PRIMARY KEY (user_id, role_id)
) STRICT;
CREATE INDEX members_of_role ON role_members (role_id);
INSERT INTO role_members (user_id, role_id, granted_at)
    SELECT m.user_id, r.id, u.created_at FROM user_roles m JOIN roles r ON r.code = m.role JOIN users u ON u.id = m.user_id;
DROP TABLE user_roles;
-- Whoever is there when the rule comes has a week.
UPDATE users SET factor_due_at = strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', '+7 days') WHERE id IN
    (SELECT m.user_id FROM role_members m JOIN roles r ON r.id = m.role_id WHERE r.second_factor <> 'none');

CREATE TABLE groups (
    id         BLOB PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    name_key   TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE group_members (
    group_id BLOB NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id  BLOB NOT NULL REFERENCES users (id),
    added_at TEXT NOT NULL,
    PRIMARY KEY (group_id, user_id)
) STRICT;
CREATE INDEX groups_of_user ON group_members (user_id);

-- Links that let somebody in once. Only the SHA-256 of a link's secret is stored.
CREATE TABLE invitations (
    id         BLOB PRIMARY KEY NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    email      TEXT,
    note       TEXT NOT NULL,
    -- Identifiers of roles, with spaces between.
    role_ids   TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    used_at    TEXT,
    used_by    BLOB REFERENCES users (id)
) STRICT;
CREATE TABLE password_resets (
    token_hash BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    created_at TEXT NOT NULL,
    created_by BLOB REFERENCES users (id),
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX password_resets_of_user ON password_resets (user_id);

-- Second factors. Secrets that must be read again are sealed with a key that is not in the database.
CREATE TABLE passkeys (
    id            BLOB PRIMARY KEY NOT NULL,
    user_id       BLOB NOT NULL REFERENCES users (id),
    credential_id BLOB NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    credential    TEXT NOT NULL,
    counter       INTEGER NOT NULL,
    created_at    TEXT NOT NULL,
    last_used_at  TEXT
) STRICT;
CREATE INDEX passkeys_of_user ON passkeys (user_id);
CREATE TABLE totp_factors (
    user_id      BLOB PRIMARY KEY NOT NULL REFERENCES users (id),
    secret       BLOB NOT NULL,
    -- The last time step whose code was taken.
    last_step    INTEGER NOT NULL,
    created_at   TEXT NOT NULL,
    confirmed_at TEXT
) STRICT;
CREATE TABLE recovery_codes (
    user_id   BLOB NOT NULL REFERENCES users (id),
    -- The first group of the code; the rest is hashed.
    prefix    TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    used_at   TEXT,
    PRIMARY KEY (user_id, prefix)
) STRICT;

-- What a browser has begun and not finished: a sign-in that waits for its second factor, a challenge for a passkey, a way to another
-- provider and back. Taken by deleting it, so it is used once. binding: SHA-256 of the cookie or the session it belongs to.
CREATE TABLE ceremonies (
    binding    BLOB NOT NULL,
    kind       TEXT NOT NULL,
    user_id    BLOB REFERENCES users (id),
    state      BLOB NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (binding, kind)
) STRICT;
CREATE INDEX ceremonies_expiry ON ceremonies (expires_at);

-- A session is one sign-in on one device. token_hash and previous_hash: the access tokens; the older one lives a little longer, for
-- requests that are under way. Those from before cannot be refreshed, so they end.
ALTER TABLE sessions ADD COLUMN previous_hash BLOB;
ALTER TABLE sessions ADD COLUMN previous_until TEXT;
ALTER TABLE sessions ADD COLUMN access_until TEXT NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE sessions ADD COLUMN idle_until TEXT NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE sessions ADD COLUMN stay INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'password' CHECK (method IN ('password', 'passkey', 'provider', 'invitation'));
ALTER TABLE sessions ADD COLUMN factor TEXT NOT NULL DEFAULT 'none' CHECK (factor IN ('none', 'recovery', 'totp', 'passkey'));
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN client TEXT;
ALTER TABLE sessions ADD COLUMN elevation_hash BLOB;
ALTER TABLE sessions ADD COLUMN elevated_until TEXT;
-- Until when the sign-in counts as fresh: long enough to change what protects the account.
ALTER TABLE sessions ADD COLUMN confirmed_until TEXT NOT NULL DEFAULT '2000-01-01T00:00:00.000000Z';
ALTER TABLE sessions ADD COLUMN ended_cause TEXT;
ALTER TABLE sessions ADD COLUMN provider_id BLOB;
ALTER TABLE sessions ADD COLUMN provider_session TEXT;
UPDATE sessions SET ended_at = created_at, ended_cause = 'update' WHERE ended_at IS NULL;
CREATE INDEX sessions_by_previous_token ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX sessions_of_provider ON sessions (provider_id, provider_session) WHERE provider_id IS NOT NULL;

CREATE TABLE refresh_tokens (
    id         BLOB PRIMARY KEY NOT NULL,
    session_id BLOB NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    parent_id  BLOB UNIQUE,
    token_hash BLOB NOT NULL UNIQUE,
    state      TEXT NOT NULL CHECK (state IN ('active', 'used')),
    issued_at  TEXT NOT NULL,
    used_at    TEXT,
    expires_at TEXT NOT NULL,
    -- What it was exchanged for, sealed with itself: only who presents it again can open it.
    successor  BLOB
) STRICT;
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

ALTER TABLE tokens ADD COLUMN created_by BLOB REFERENCES users (id);
ALTER TABLE tokens ADD COLUMN addresses TEXT;
ALTER TABLE tokens ADD COLUMN last_used_at TEXT;
ALTER TABLE tokens ADD COLUMN last_used_address TEXT;

-- Consecutive failures to show who one is, and when the next try is looked at. Success deletes the row.
CREATE TABLE throttles (
    key      BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    free_at  INTEGER NOT NULL
) STRICT;

-- The administrator's role for a time. Nobody decides on their own request.
CREATE TABLE role_requests (
    id         BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    role_id    BLOB NOT NULL REFERENCES roles (id),
    kind       TEXT NOT NULL CHECK (kind IN ('request', 'break_glass')),
    reason     TEXT NOT NULL,
    minutes    INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 480),
    state      TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'withdrawn', 'expired', 'reviewed')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by BLOB REFERENCES users (id),
    CHECK (decided_by IS NULL OR decided_by <> user_id)
) STRICT;
CREATE UNIQUE INDEX one_open_request ON role_requests (user_id, role_id) WHERE state = 'pending';

-- What a person is told about the safety of their account, until they have seen it.
CREATE TABLE notices (
    id         BLOB PRIMARY KEY NOT NULL,
    user_id    BLOB NOT NULL REFERENCES users (id),
    kind       TEXT NOT NULL,
    address    TEXT,
    client     TEXT,
    created_at TEXT NOT NULL,
    seen_at    TEXT
) STRICT;
CREATE INDEX notices_of_user ON notices (user_id, created_at);

CREATE TABLE identity_providers (
    id            BLOB PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL,
    issuer        TEXT NOT NULL UNIQUE,
    client_id     TEXT NOT NULL,
    client_secret BLOB NOT NULL,
    scopes        TEXT NOT NULL,
    -- The claim that holds a person's groups, and which role each group gives: JSON object of group to role identifier.
    group_claim   TEXT NOT NULL,
    group_roles   TEXT NOT NULL,
    -- Whether people whom nobody knows yet become users at their first sign-in.
    make_users    INTEGER NOT NULL,
    enabled       INTEGER NOT NULL,
    created_at    TEXT NOT NULL
) STRICT;
-- Whose groups gave the role: only what a provider gave, it takes away again.
ALTER TABLE role_members ADD COLUMN provider_id BLOB REFERENCES identity_providers (id);
CREATE TABLE external_identities (
    provider_id  BLOB NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    subject      TEXT NOT NULL,
    user_id      BLOB NOT NULL REFERENCES users (id),
    linked_at    TEXT NOT NULL,
    last_used_at TEXT,
    PRIMARY KEY (provider_id, subject),
    UNIQUE (provider_id, user_id)
) STRICT;
CREATE INDEX identities_of_user ON external_identities (user_id);
-- Assertions that may be used once, until they expire.
CREATE TABLE used_assertions (
    hash       BLOB PRIMARY KEY NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;

-- Counts what ended: sessions, rights, people. Whoever holds something open looks again when it changed.
CREATE TABLE revocations (
    one   INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO revocations (one, epoch) VALUES (1, 1);

-- Mail that waits to be sent. entry_id: the act that it tells of.
CREATE TABLE mail_outbox (
    id          BLOB PRIMARY KEY NOT NULL,
    entry_id    BLOB NOT NULL,
    recipient   TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    next_try_at TEXT NOT NULL,
    last_error  TEXT
) STRICT;
CREATE INDEX mail_to_send ON mail_outbox (next_try_at);
