-- Roles and who has them. Users are records, so user_id has no foreign key here.
CREATE TABLE gx_role (
    key           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    label_zh      TEXT    NOT NULL,
    label_en      TEXT    NOT NULL,
    administrator BOOLEAN NOT NULL,
    origin        TEXT    NOT NULL,
    grants        TEXT    NOT NULL
);
CREATE TABLE gx_user_role (
    user_id UUID NOT NULL,
    role    TEXT COLLATE "C" NOT NULL REFERENCES gx_role (key),
    PRIMARY KEY (user_id, role)
);
CREATE INDEX gx_user_role_role ON gx_user_role (role);
