-- Every tenant that exists or is being made. Rows are never deleted, so a key is never used twice.
CREATE TABLE tenant (
    key             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name            TEXT        NOT NULL,
    zone            TEXT        NOT NULL,
    currency        TEXT        NOT NULL,
    currency_digits BIGINT      NOT NULL,
    created_at      TIMESTAMPTZ NOT NULL,
    state           TEXT        NOT NULL CHECK (state IN ('creating', 'active'))
);
