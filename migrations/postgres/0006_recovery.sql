-- Getting an account back, and emergencies.

-- When the account was got back last: by a recovery code, or by a link or a reset that somebody else made.
ALTER TABLE users ADD COLUMN recovered_at TIMESTAMPTZ;
-- The link by which somebody new sets their first password: that is no recovery.
ALTER TABLE password_resets ADD COLUMN first_link BOOLEAN NOT NULL DEFAULT FALSE;
-- Who reset an account's password or its second factors, and when last: within a day, one person alone does not do both.
CREATE TABLE account_resets (
    user_id  UUID NOT NULL REFERENCES users (id),
    kind     TEXT NOT NULL CHECK (kind IN ('password', 'factors')),
    reset_by UUID NOT NULL REFERENCES users (id),
    reset_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (user_id, kind, reset_by)
);
-- The identifier, as text, of the emergency in which the role was taken.
ALTER TABLE role_members ADD COLUMN break_glass TEXT;
