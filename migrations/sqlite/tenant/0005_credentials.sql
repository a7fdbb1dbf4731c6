-- Password hashes, and failed logins counted per account and per address so that guessing slows down.
CREATE TABLE gx_credential (
    user_id       BLOB    NOT NULL PRIMARY KEY,
    password_hash TEXT    NOT NULL,
    changed_at    INTEGER NOT NULL
) STRICT;
CREATE TABLE gx_login_failure (
    subject  TEXT    NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT;
