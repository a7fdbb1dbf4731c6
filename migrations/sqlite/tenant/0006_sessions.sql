-- Browser sessions, found by the hash of what the cookie holds.
CREATE TABLE gx_session (
    id_hash      BLOB    NOT NULL PRIMARY KEY,
    user_id      BLOB    NOT NULL,
    csrf         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    locale       TEXT,
    theme        TEXT
) STRICT;
CREATE INDEX gx_session_user ON gx_session (user_id);
