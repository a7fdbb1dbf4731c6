-- Columns that no field has any more, waiting for the next field of their type; dirty ones still hold values of the last one.
CREATE TABLE gx_column (
    object_id INTEGER NOT NULL REFERENCES gx_object (id),
    name      TEXT    NOT NULL,
    storage   TEXT    NOT NULL,
    dirty     INTEGER NOT NULL,
    PRIMARY KEY (object_id, name)
) STRICT;
