-- Who changed what, when and through what; `old` holds the former values of the fields that changed.
CREATE TABLE gx_history (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    object_id  INTEGER NOT NULL,
    record     BLOB    NOT NULL,
    version    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      BLOB,
    actor_name TEXT    NOT NULL,
    via        TEXT    NOT NULL,
    op         TEXT    NOT NULL,
    old        TEXT    NOT NULL
) STRICT;
CREATE INDEX gx_history_record ON gx_history (object_id, record, id);
