-- API tokens. `roles` is a JSON array of keys, or null for all roles of the owner.
CREATE TABLE gx_token (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name         TEXT        NOT NULL,
    user_id      UUID        NOT NULL,
    secret_hash  BYTEA       NOT NULL,
    roles        TEXT,
    created_at   TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ,
    last_used_at TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ
);
CREATE INDEX gx_token_user ON gx_token (user_id);
