-- What the search finds records by. Tokens are made outside of the database; each begins with its field's id, so the index only looks up.
CREATE TABLE gx_search (
    record UUID     NOT NULL PRIMARY KEY,
    tokens TSVECTOR NOT NULL
);
-- A short list of what is still to be sorted in: a search reads all of it.
CREATE INDEX gx_search_tokens ON gx_search USING gin (tokens) WITH (gin_pending_list_limit = 512);
-- Which fields of an object are in the index, and, while that is made anew, how far it is.
CREATE TABLE gx_search_object (
    object_id BIGINT NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL,
    holds     TEXT   NOT NULL,
    wanted    TEXT,
    done      UUID
);
