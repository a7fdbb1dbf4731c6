-- A field that gets another type: its next column while it is filled, and the records that were saved meanwhile.
CREATE TABLE gx_conversion (
    id         INTEGER NOT NULL PRIMARY KEY,
    object_id  INTEGER NOT NULL REFERENCES gx_object (id),
    field_id   INTEGER NOT NULL,
    spec       TEXT    NOT NULL,
    started_at INTEGER NOT NULL
) STRICT;
CREATE TABLE gx_changed (
    conversion INTEGER NOT NULL,
    record     BLOB    NOT NULL
) STRICT;
CREATE INDEX gx_changed_conversion ON gx_changed (conversion);
