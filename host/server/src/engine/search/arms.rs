//! What of an object the actor may search.

use std::sync::Arc;

use guanxi_core::expr::Expr;
use guanxi_core::meta::Object;
use guanxi_core::policy::{Function, path_right};
use guanxi_core::search::{family, searched};
use guanxi_store::SearchArm;

use crate::engine::read::{self, title_path};
use crate::engine::{Ctx, Outcome};

/// Found at the records that hold them, not for themselves.
const NOT_FOR_THEMSELVES: &str = "attachment";

/// The objects of a search: the one that was named (404 and 403 as for its list), else all that the actor may view.
pub(super) fn objects(ctx: &Ctx, named: Option<&str>) -> Outcome<Vec<Arc<Object>>> {
    if let Some(key) = named {
        let object = read::object(ctx, key)?;
        read::viewable(ctx, &object)?;
        return Ok(vec![object]);
    }
    let shown = |object: &&Arc<Object>| !object.read_only && object.parent.is_none() && object.key != NOT_FOR_THEMSELVES;
    let mine = ctx.snapshot.schema.objects().filter(shown).filter(|object| ctx.may(&object.key, Function::View));
    Ok(mine.cloned().collect())
}

/// The searched fields whose values the actor may know as they are.
pub(super) fn readable(ctx: &Ctx, object: &Object) -> Vec<String> {
    let plain = |key: &str| ctx.actor.system || ctx.field_right(&object.key, key).is_plain();
    let fields = object.fields.iter().filter(|field| !field.hidden && searched(field).is_some() && plain(&field.key));
    fields.map(|field| field.key.clone()).collect()
}

/// `None` where there is nothing to search in.
pub(super) fn arm(ctx: &Ctx, object: &Object, filter: Option<Expr>) -> Option<SearchArm> {
    let fields = readable(ctx, object);
    if fields.is_empty() || object.read_only {
        return None;
    }
    let title = title_path(&ctx.snapshot.schema, object).ok();
    let title = title.filter(|path| family(&path.kind).is_some() && (ctx.actor.system || path_right(&ctx.actor, path).is_plain()));
    Some(SearchArm { object: object.key.clone(), fields, title, filter })
}
