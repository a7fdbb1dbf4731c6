-- Every tenant that exists or is being made. Rows are never deleted, so a key is never used twice.
CREATE TABLE tenant (
    key             TEXT    NOT NULL PRIMARY KEY,
    name            TEXT    NOT NULL,
    zone            TEXT    NOT NULL,
    currency        TEXT    NOT NULL,
    currency_digits INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('creating', 'active'))
) STRICT;
