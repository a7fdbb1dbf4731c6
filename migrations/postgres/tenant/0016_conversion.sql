-- A field that gets another type: its next column while it is filled, and the records that were saved meanwhile.
CREATE TABLE gx_conversion (
    id         BIGINT      NOT NULL PRIMARY KEY,
    object_id  BIGINT      NOT NULL REFERENCES gx_object (id),
    field_id   BIGINT      NOT NULL,
    spec       TEXT        NOT NULL,
    started_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE gx_changed (
    conversion BIGINT NOT NULL,
    record     UUID   NOT NULL
);
CREATE INDEX gx_changed_conversion ON gx_changed (conversion);
