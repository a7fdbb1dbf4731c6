-- What the search finds records by. Tokens are made outside of the database; each begins with its field's id, so the index only looks up.
-- `id` of a record follows its own id in time: what is newer has a larger one.
CREATE TABLE gx_search_record (
    id     INTEGER NOT NULL PRIMARY KEY,
    record BLOB    NOT NULL UNIQUE
) STRICT;
CREATE VIRTUAL TABLE gx_search USING fts5 (tokens, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
-- Which fields of an object are in the index, and, while that is made anew, how far it is.
CREATE TABLE gx_search_object (
    object_id INTEGER NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    holds     TEXT    NOT NULL,
    wanted    TEXT,
    done      BLOB
) STRICT;
