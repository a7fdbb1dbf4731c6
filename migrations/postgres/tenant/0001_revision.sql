-- One row. The two revisions tell every host when its picture of the metadata or of the rights is old; last_id numbers objects, fields and
-- unique constraints, which name the physical tables and columns.
CREATE TABLE gx_revision (
    id         BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    meta_rev   BIGINT NOT NULL,
    access_rev BIGINT NOT NULL,
    last_id    BIGINT NOT NULL
);
INSERT INTO gx_revision (id, meta_rev, access_rev, last_id) VALUES (1, 1, 1, 0);
