-- Where the file of each attachment lies. The row is written before the file, the attachment after it: a row without an attachment is what
-- an upload left that did not come to its end, or what a purge left.
CREATE TABLE gx_file (
    id         UUID NOT NULL PRIMARY KEY,
    key        TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
