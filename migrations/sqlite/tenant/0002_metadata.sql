-- Objects, fields and unique constraints. A dropped field keeps its row (and its column) but frees its key.
CREATE TABLE gx_object (
    id       INTEGER NOT NULL PRIMARY KEY,
    key      TEXT    NOT NULL UNIQUE,
    spec     TEXT    NOT NULL,
    position INTEGER NOT NULL,
    hidden   INTEGER NOT NULL DEFAULT 0,
    origin   TEXT    NOT NULL
) STRICT;
CREATE TABLE gx_field (
    id         INTEGER NOT NULL PRIMARY KEY,
    object_id  INTEGER NOT NULL REFERENCES gx_object (id),
    key        TEXT    NOT NULL,
    spec       TEXT    NOT NULL,
    position   INTEGER NOT NULL,
    hidden     INTEGER NOT NULL DEFAULT 0,
    dropped_at INTEGER,
    origin     TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX gx_field_key ON gx_field (object_id, key) WHERE dropped_at IS NULL;
CREATE TABLE gx_unique (
    id        INTEGER NOT NULL PRIMARY KEY,
    object_id INTEGER NOT NULL REFERENCES gx_object (id),
    spec      TEXT    NOT NULL
) STRICT;
CREATE INDEX gx_unique_object ON gx_unique (object_id);
