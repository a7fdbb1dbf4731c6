-- Roles with more than grants (rules, rights on fields, what the post is about) and a revision; teams; further managers of departments;
-- records shared with users, teams, roles and departments. A share's subject is an id as text, or a role's key.
ALTER TABLE gx_role ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
ALTER TABLE gx_role ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
CREATE TABLE gx_team (
    id       BLOB    NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE gx_team_member (
    team    BLOB NOT NULL REFERENCES gx_team (id),
    user_id BLOB NOT NULL,
    PRIMARY KEY (team, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX gx_team_member_user ON gx_team_member (user_id);
CREATE TABLE gx_department_manager (
    department BLOB NOT NULL,
    user_id    BLOB NOT NULL,
    PRIMARY KEY (department, user_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE gx_share (
    id           BLOB    NOT NULL PRIMARY KEY,
    object       TEXT    NOT NULL,
    record       BLOB    NOT NULL,
    subject_kind TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    edit         INTEGER NOT NULL,
    until        INTEGER,
    created_by   BLOB,
    created_at   INTEGER NOT NULL,
    UNIQUE (object, record, subject_kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX gx_share_subject ON gx_share (subject_kind, subject, object, record);
