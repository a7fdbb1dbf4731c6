-- How far the counters of number sequences are, each for a period that its format names.
CREATE TABLE gx_sequence (
    field_id INTEGER NOT NULL,
    period   TEXT    NOT NULL,
    last     INTEGER NOT NULL,
    PRIMARY KEY (field_id, period)
) STRICT, WITHOUT ROWID;
