-- Settings of the tenant: one JSON value a key.
CREATE TABLE gx_setting (
    key   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);
