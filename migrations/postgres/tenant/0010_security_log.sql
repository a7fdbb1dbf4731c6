-- Logins, denials, exports, grants, token use. Only ever appended to.
CREATE TABLE gx_security_log (
    id     BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at     TIMESTAMPTZ NOT NULL,
    actor  UUID,
    kind   TEXT        NOT NULL,
    detail TEXT        NOT NULL
);
