-- Who changed what, when and through what; `old` holds the former values of the fields that changed.
CREATE TABLE gx_history (
    id         BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    object_id  BIGINT      NOT NULL,
    record     UUID        NOT NULL,
    version    BIGINT      NOT NULL,
    at         TIMESTAMPTZ NOT NULL,
    actor      UUID,
    actor_name TEXT        NOT NULL,
    via        TEXT        NOT NULL,
    op         TEXT        NOT NULL,
    old        TEXT        NOT NULL
);
CREATE INDEX gx_history_record ON gx_history (object_id, record, id);
