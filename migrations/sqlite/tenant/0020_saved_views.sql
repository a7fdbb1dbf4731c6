-- Views of lists that people saved under a name, for themselves or for others. `content` and `audience` are JSON objects; `name_key` is the
-- name's normal form, so that one person has each name once per object.
CREATE TABLE gx_view (
    id         BLOB    NOT NULL PRIMARY KEY,
    object     TEXT    NOT NULL,
    owner      BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    shared     INTEGER NOT NULL,
    content    TEXT    NOT NULL,
    audience   TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX gx_view_name ON gx_view (owner, object, name_key);
CREATE INDEX gx_view_shared ON gx_view (object) WHERE shared = 1;
