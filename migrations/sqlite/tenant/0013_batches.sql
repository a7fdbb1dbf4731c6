-- Changes of many records that have a name and can be undone, with how far they are. `detail` is a JSON object.
CREATE TABLE gx_batch (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    kind          TEXT    NOT NULL,
    title         TEXT    NOT NULL,
    object        TEXT,
    actor         BLOB,
    actor_name    TEXT    NOT NULL,
    at            INTEGER NOT NULL,
    beat_at       INTEGER NOT NULL,
    ended_at      INTEGER,
    host          TEXT    NOT NULL,
    state         TEXT    NOT NULL,
    wanted        INTEGER NOT NULL,
    changed       INTEGER NOT NULL DEFAULT 0,
    unchanged     INTEGER NOT NULL DEFAULT 0,
    refused       INTEGER NOT NULL DEFAULT 0,
    changed_since INTEGER NOT NULL DEFAULT 0,
    detail        TEXT    NOT NULL,
    undoes        INTEGER,
    undone_by     INTEGER
) STRICT;
CREATE INDEX gx_batch_running ON gx_batch (beat_at) WHERE state = 'running';
-- The records of a batch that did not simply change: refused, or changed by others since. `fields` and `problems` are JSON arrays.
CREATE TABLE gx_batch_item (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    batch    INTEGER NOT NULL,
    object   TEXT    NOT NULL,
    record   BLOB,
    result   TEXT    NOT NULL,
    fields   TEXT    NOT NULL,
    problems TEXT    NOT NULL
) STRICT;
CREATE INDEX gx_batch_item_batch ON gx_batch_item (batch, id);
