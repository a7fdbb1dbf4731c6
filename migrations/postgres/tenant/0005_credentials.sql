-- Password hashes, and failed logins counted per account and per address so that guessing slows down.
CREATE TABLE gx_credential (
    user_id       UUID        NOT NULL PRIMARY KEY,
    password_hash TEXT        NOT NULL,
    changed_at    TIMESTAMPTZ NOT NULL
);
CREATE TABLE gx_login_failure (
    subject  TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    failures BIGINT      NOT NULL,
    last_at  TIMESTAMPTZ NOT NULL
);
