-- The columns that a field had before it got another type, as far as its history tells of them.
CREATE TABLE gx_former (
    id        BIGINT NOT NULL PRIMARY KEY,
    object_id BIGINT NOT NULL REFERENCES gx_object (id),
    field_id  BIGINT NOT NULL,
    spec      TEXT   NOT NULL
);
CREATE INDEX gx_former_object ON gx_former (object_id);
