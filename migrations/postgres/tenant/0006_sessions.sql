-- Browser sessions, found by the hash of what the cookie holds.
CREATE TABLE gx_session (
    id_hash      BYTEA       NOT NULL PRIMARY KEY,
    user_id      UUID        NOT NULL,
    csrf         TEXT        NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at   TIMESTAMPTZ NOT NULL,
    locale       TEXT,
    theme        TEXT
);
CREATE INDEX gx_session_user ON gx_session (user_id);
