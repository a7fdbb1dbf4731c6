-- Views of lists that people saved under a name, for themselves or for others. `content` and `audience` are JSON objects; `name_key` is the
-- name's normal form, so that one person has each name once per object.
CREATE TABLE gx_view (
    id         UUID             NOT NULL PRIMARY KEY,
    object     TEXT COLLATE "C" NOT NULL,
    owner      UUID             NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    name_key   TEXT COLLATE "C" NOT NULL,
    shared     BOOLEAN          NOT NULL,
    content    TEXT             NOT NULL,
    audience   TEXT             NOT NULL,
    version    BIGINT           NOT NULL,
    created_at TIMESTAMPTZ      NOT NULL,
    updated_at TIMESTAMPTZ      NOT NULL
);
CREATE UNIQUE INDEX gx_view_name ON gx_view (owner, object, name_key);
CREATE INDEX gx_view_shared ON gx_view (object) WHERE shared;
