-- Roles and who has them. Users are records, so user_id has no foreign key here.
CREATE TABLE gx_role (
    key           TEXT    NOT NULL PRIMARY KEY,
    label_zh      TEXT    NOT NULL,
    label_en      TEXT    NOT NULL,
    administrator INTEGER NOT NULL,
    origin        TEXT    NOT NULL,
    grants        TEXT    NOT NULL
) STRICT;
CREATE TABLE gx_user_role (
    user_id BLOB NOT NULL,
    role    TEXT NOT NULL REFERENCES gx_role (key),
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX gx_user_role_role ON gx_user_role (role);
