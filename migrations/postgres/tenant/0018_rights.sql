-- Roles with more than grants (rules, rights on fields, what the post is about) and a revision; teams; further managers of departments;
-- records shared with users, teams, roles and departments. A share's subject is an id as text, or a role's key.
ALTER TABLE gx_role ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
ALTER TABLE gx_role ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
CREATE TABLE gx_team (
    id       UUID   NOT NULL PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL UNIQUE,
    revision BIGINT NOT NULL
);
CREATE TABLE gx_team_member (
    team    UUID NOT NULL REFERENCES gx_team (id),
    user_id UUID NOT NULL,
    PRIMARY KEY (team, user_id)
);
CREATE INDEX gx_team_member_user ON gx_team_member (user_id);
CREATE TABLE gx_department_manager (
    department UUID NOT NULL,
    user_id    UUID NOT NULL,
    PRIMARY KEY (department, user_id)
);
CREATE TABLE gx_share (
    id           UUID    NOT NULL PRIMARY KEY,
    object       TEXT COLLATE "C" NOT NULL,
    record       UUID    NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject      TEXT COLLATE "C" NOT NULL,
    edit         BOOLEAN NOT NULL,
    until        TIMESTAMPTZ,
    created_by   UUID,
    created_at   TIMESTAMPTZ NOT NULL,
    UNIQUE (object, record, subject_kind, subject)
);
CREATE INDEX gx_share_subject ON gx_share (subject_kind, subject, object, record);
