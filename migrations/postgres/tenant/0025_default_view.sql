-- The view with which a user's list of an object opens.
CREATE TABLE gx_default_view (
    owner  UUID NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    view   UUID NOT NULL,
    PRIMARY KEY (owner, object)
);
