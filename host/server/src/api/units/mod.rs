//! `/api/v1/units`: what can be done with units of measure. The units themselves are records of the object `unit`.

pub(super) mod convert;
