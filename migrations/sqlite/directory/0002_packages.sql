-- Installed plugin packages by the digest of their bytes; tenants enable one digest of a plugin.
CREATE TABLE package (
    digest       TEXT    NOT NULL PRIMARY KEY,
    plugin       TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    manifest     TEXT    NOT NULL,
    bytes        BLOB    NOT NULL,
    installed_at INTEGER NOT NULL
) STRICT;
CREATE INDEX package_of_plugin ON package (plugin, installed_at);
