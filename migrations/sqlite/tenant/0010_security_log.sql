-- Logins, denials, exports, grants, token use. Only ever appended to.
CREATE TABLE gx_security_log (
    id     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    actor  BLOB,
    kind   TEXT    NOT NULL,
    detail TEXT    NOT NULL
) STRICT;
