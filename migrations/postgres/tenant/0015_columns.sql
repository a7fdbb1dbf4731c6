-- Columns that no field has any more, waiting for the next field of their type; dirty ones still hold values of the last one.
CREATE TABLE gx_column (
    object_id BIGINT  NOT NULL REFERENCES gx_object (id),
    name      TEXT COLLATE "C" NOT NULL,
    storage   TEXT    NOT NULL,
    dirty     BOOLEAN NOT NULL,
    PRIMARY KEY (object_id, name)
);
