-- How far the counters of number sequences are, each for a period that its format names.
CREATE TABLE gx_sequence (
    field_id BIGINT           NOT NULL,
    period   TEXT COLLATE "C" NOT NULL,
    last     BIGINT           NOT NULL,
    PRIMARY KEY (field_id, period)
);
