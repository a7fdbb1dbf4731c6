-- What was done under an Idempotency-Key, written with the change itself, so that a repeated request changes nothing twice. `outcome` names
-- what was saved, not what it looks like: a repetition reads the records anew, with the rights of that moment.
CREATE TABLE gx_idempotency (
    actor    UUID        NOT NULL,
    key      TEXT        NOT NULL,
    request  BYTEA       NOT NULL,
    at       TIMESTAMPTZ NOT NULL,
    outcome  TEXT        NOT NULL,
    PRIMARY KEY (actor, key)
);
CREATE INDEX gx_idempotency_at ON gx_idempotency (at);
