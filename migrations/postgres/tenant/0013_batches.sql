-- Changes of many records that have a name and can be undone, with how far they are. `detail` is a JSON object.
CREATE TABLE gx_batch (
    id            BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          TEXT        NOT NULL,
    title         TEXT        NOT NULL,
    object        TEXT,
    actor         UUID,
    actor_name    TEXT        NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    beat_at       TIMESTAMPTZ NOT NULL,
    ended_at      TIMESTAMPTZ,
    host          TEXT        NOT NULL,
    state         TEXT        NOT NULL,
    wanted        BIGINT      NOT NULL,
    changed       BIGINT      NOT NULL DEFAULT 0,
    unchanged     BIGINT      NOT NULL DEFAULT 0,
    refused       BIGINT      NOT NULL DEFAULT 0,
    changed_since BIGINT      NOT NULL DEFAULT 0,
    detail        TEXT        NOT NULL,
    undoes        BIGINT,
    undone_by     BIGINT
);
CREATE INDEX gx_batch_running ON gx_batch (beat_at) WHERE state = 'running';
-- The records of a batch that did not simply change: refused, or changed by others since. `fields` and `problems` are JSON arrays.
CREATE TABLE gx_batch_item (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch    BIGINT NOT NULL,
    object   TEXT   NOT NULL,
    record   UUID,
    result   TEXT   NOT NULL,
    fields   TEXT   NOT NULL,
    problems TEXT   NOT NULL
);
CREATE INDEX gx_batch_item_batch ON gx_batch_item (batch, id);
