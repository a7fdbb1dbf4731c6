-- Objects, fields and unique constraints. A dropped field keeps its row (and its column) but frees its key.
CREATE TABLE gx_object (
    id       BIGINT  NOT NULL PRIMARY KEY,
    key      TEXT COLLATE "C" NOT NULL UNIQUE,
    spec     TEXT    NOT NULL,
    position BIGINT  NOT NULL,
    hidden   BOOLEAN NOT NULL DEFAULT FALSE,
    origin   TEXT    NOT NULL
);
CREATE TABLE gx_field (
    id         BIGINT  NOT NULL PRIMARY KEY,
    object_id  BIGINT  NOT NULL REFERENCES gx_object (id),
    key        TEXT COLLATE "C" NOT NULL,
    spec       TEXT    NOT NULL,
    position   BIGINT  NOT NULL,
    hidden     BOOLEAN NOT NULL DEFAULT FALSE,
    dropped_at TIMESTAMPTZ,
    origin     TEXT    NOT NULL
);
CREATE UNIQUE INDEX gx_field_key ON gx_field (object_id, key) WHERE dropped_at IS NULL;
CREATE TABLE gx_unique (
    id        BIGINT NOT NULL PRIMARY KEY,
    object_id BIGINT NOT NULL REFERENCES gx_object (id),
    spec      TEXT   NOT NULL
);
CREATE INDEX gx_unique_object ON gx_unique (object_id);
