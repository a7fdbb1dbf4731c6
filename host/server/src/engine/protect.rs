//! Rights on fields, on the way out: what an actor may not read plainly is refused in questions and hidden in answers.

use guanxi_core::expr::{Expr, FieldPath, paths_of};
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::{FieldRight, masked, path_right};
use guanxi_core::query::{Count, Query, Scopes};
use guanxi_core::{Problem, Value};
use guanxi_store::Found;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Ctx, Outcome, Refusal, Tenant, secrets};

/// Bytes of a pseudonym: of a million values, two of them get the same one once in five hundred tenants.
const PSEUDONYM: usize = 6;

impl Ctx {
    /// What the actor may do with a field: to show it, to take it in a form, to sort, filter and group by it (only where it is plain).
    pub fn field_right(&self, object: &str, field: &str) -> FieldRight {
        let right = self.actor.field_right(object, field);
        // What is looked at with other eyes is changed with none.
        if self.is_viewing() && !self.actor.system { right.min(FieldRight::Read) } else { right }
    }
}

/// Refuses a question that reads what the actor may not know: a condition, sort keys, group keys, measures.
pub(super) fn plain<'a>(ctx: &Ctx, condition: Option<&Expr>, paths: impl IntoIterator<Item = &'a FieldPath>) -> Outcome<()> {
    if ctx.actor.system {
        return Ok(());
    }
    let asked = condition.map(paths_of).unwrap_or_default();
    let mut problems: Vec<Problem> = Vec::new();
    let mut look = |path: &FieldPath| {
        let right = path_right(&ctx.actor, path);
        if !right.is_plain() && !problems.iter().any(|known| known.field.as_deref() == Some(path.text().as_str())) {
            problems.push(forbidden(&path.text(), right));
        }
    };
    asked.iter().for_each(&mut look);
    paths.into_iter().for_each(&mut look);
    if problems.is_empty() { Ok(()) } else { Err(Refusal { status: 403, problems }) }
}

/// The refusal of a field.
pub(super) fn forbidden(field: &str, right: FieldRight) -> Problem {
    let detail = match right {
        FieldRight::Read => format!("you may read `{field}` but not change it"),
        _ => format!("you may not know the values of `{field}`"),
    };
    Problem::error("field.forbidden", detail).on(field).with("right", right.name())
}

/// Rows of a query, as the actor may know them.
pub(super) async fn find(ctx: &Ctx, query: &Query) -> Outcome<Found> {
    plain(ctx, query.filter.as_ref(), query.sort.iter().map(|sort| &sort.path))?;
    let mut found = ctx.tenant.store.find(&ctx.snapshot.schema, query).await?;
    for row in &mut found.rows {
        protect(ctx, &query.fields, &mut row.values);
    }
    Ok(found)
}

/// How many records match, by a condition that the actor may ask.
pub(super) async fn count(ctx: &Ctx, object: &str, filter: Option<&Expr>, scopes: &Scopes, exact_to: u64) -> Outcome<Count> {
    plain(ctx, filter, [])?;
    Ok(ctx.tenant.store.count(&ctx.snapshot.schema, object, filter, scopes, exact_to).await?)
}

/// Puts masks and pseudonyms into the values of paths, and takes out what is not there for the actor.
pub(super) fn protect(ctx: &Ctx, paths: &[FieldPath], values: &mut [Value]) {
    if ctx.actor.system {
        return;
    }
    for (path, value) in paths.iter().zip(values) {
        *value = shown(ctx, &path.object, &path.field, &path.kind, path_right(&ctx.actor, path), std::mem::replace(value, Value::Null));
    }
}

/// A value of a field, as the actor may know it.
pub(super) fn protected(ctx: &Ctx, object: &Object, field: &str, value: Value) -> Value {
    let right = ctx.field_right(&object.key, field);
    if right.is_plain() {
        return value;
    }
    let kind = object.fields.iter().find(|f| f.key == field).map_or(FieldKind::Json, |f| f.kind.clone());
    shown(ctx, &object.key, field, &kind, right, value)
}

fn shown(ctx: &Ctx, object: &str, field: &str, kind: &FieldKind, right: FieldRight, value: Value) -> Value {
    match right {
        FieldRight::Read | FieldRight::Edit => value,
        FieldRight::None => Value::Null,
        FieldRight::Mask => masked(kind, &value),
        FieldRight::Pseudonym => match value {
            Value::Text(text) => Value::Text(pseudonym(&ctx.tenant, object, field, &text)),
            _ => Value::Null,
        },
    }
}

/// A stable word for a value: the same for equal values of the field in this tenant, and nothing that leads back to the value without the
/// tenant's secret.
fn pseudonym(tenant: &Tenant, object: &str, field: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(tenant.pseudonym_key.as_bytes()).expect("HMAC takes keys of any length");
    for part in [object, field] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    mac.update(text.as_bytes());
    format!("P-{}", secrets::hex(&mac.finalize().into_bytes()[..PSEUDONYM]).to_uppercase())
}
