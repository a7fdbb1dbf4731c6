-- Installed plugin packages by the digest of their bytes; tenants enable one digest of a plugin.
CREATE TABLE package (
    digest       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    plugin       TEXT COLLATE "C" NOT NULL,
    version      TEXT        NOT NULL,
    manifest     TEXT        NOT NULL,
    bytes        BYTEA       NOT NULL,
    installed_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX package_of_plugin ON package (plugin, installed_at);
