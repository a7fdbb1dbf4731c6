//! `/api/v1/users/…`: what is done with people beyond their records.

pub(super) mod roles;
pub(super) mod transfer;
