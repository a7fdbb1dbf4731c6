-- The view with which a user's list of an object opens.
CREATE TABLE gx_default_view (
    owner  BLOB NOT NULL,
    object TEXT NOT NULL,
    view   BLOB NOT NULL,
    PRIMARY KEY (owner, object)
) STRICT, WITHOUT ROWID;
