//! `/api/v1/users/…`: what is done with people beyond their records.

pub(super) mod transfer;
