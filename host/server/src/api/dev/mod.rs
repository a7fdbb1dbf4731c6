//! Endpoints that exist under `guanxi dev` only.

pub(super) mod clock;
