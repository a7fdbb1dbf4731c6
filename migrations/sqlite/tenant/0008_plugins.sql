-- Plugins of this tenant: which package, whether it runs, what the administrator granted.
CREATE TABLE gx_plugin (
    id         TEXT    NOT NULL PRIMARY KEY,
    digest     TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('enabled', 'disabled')),
    manifest   TEXT    NOT NULL,
    grants     TEXT    NOT NULL,
    enabled_at INTEGER NOT NULL,
    position   INTEGER NOT NULL
) STRICT;
