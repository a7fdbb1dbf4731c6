-- API tokens. `roles` is a JSON array of keys, or null for all roles of the owner.
CREATE TABLE gx_token (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    user_id      BLOB    NOT NULL,
    secret_hash  BLOB    NOT NULL,
    roles        TEXT,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX gx_token_user ON gx_token (user_id);
