//! Which fields of a row the actor may read.

use guanxi_core::expr::FieldPath;
use guanxi_core::policy::path_right;

use crate::engine::Ctx;

/// Whether the actor may know the values of a field as they are: only then may anything be sorted, summed or told by it.
pub(super) fn is_readable(ctx: &Ctx, path: &FieldPath) -> bool {
    ctx.actor.system || path_right(&ctx.actor, path).is_plain()
}
