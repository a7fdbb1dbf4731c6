//! Groups with measures, as the actor may see them.

use guanxi_core::Problem;
use guanxi_core::expr::{Expr, FieldPath, check_number, parse, resolve_path};
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::query::{Aggregate, Grain, Group, GroupKey, Measure, MeasureFn};

use super::{Ctx, Engine, Outcome, read};

/// The most groups of one answer.
const MAX_GROUPS: u32 = 10_000;
const MAX_KEYS: usize = 4;
const MAX_MEASURES: usize = 20;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct AggregateRequest {
    /// The object's key.
    pub object: String,
    /// CEL; blank is all.
    pub filter: String,
    /// None: exactly one group.
    pub group_by: Vec<GroupRequest>,
    /// At least one.
    pub measures: Vec<MeasureRequest>,
}

/// One group key as asked for.
#[derive(Clone, Debug, Default)]
pub struct GroupRequest {
    /// `owner`, `owner.name`, `expected_on`.
    pub field: String,
    /// `day` … `year` for dates.
    pub grain: Option<String>,
}

/// One measure as asked for.
#[derive(Clone, Debug, Default)]
pub struct MeasureRequest {
    /// `count`, `sum`, `avg`, `min`, `max`.
    pub function: String,
    /// Over a field …
    pub field: Option<String>,
    /// … or over an expression of number fields.
    pub expr: Option<String>,
}

/// The groups, with what their keys are.
#[derive(Clone, Debug)]
pub struct AggregateAnswer {
    /// Parallel to each group's key.
    pub keys: Vec<GroupKey>,
    /// Sorted by key, nulls last.
    pub groups: Vec<Group>,
}

impl Engine {
    /// Aggregates the records of an object that the actor may see.
    pub async fn aggregate(&self, ctx: &Ctx, request: AggregateRequest) -> Outcome<AggregateAnswer> {
        aggregate(ctx, request).await
    }
}

/// The same where no engine is at hand: needs nothing but the context.
pub(super) async fn aggregate(ctx: &Ctx, request: AggregateRequest) -> Outcome<AggregateAnswer> {
    let object = read::object(ctx, &request.object)?;
    read::viewable(ctx, &object)?;
    let mut problems = Vec::new();
    if request.group_by.len() > MAX_KEYS || request.measures.len() > MAX_MEASURES {
        problems.push(Problem::error("request.malformed", format!("at most {MAX_KEYS} group keys and {MAX_MEASURES} measures")));
    }
    if request.measures.is_empty() {
        problems.push(Problem::error("request.malformed", "at least one measure is needed").on("measures"));
    }
    let filter = read::filter(ctx, &object, &request.filter).map_err(|r| problems.extend(r.problems)).ok().flatten();
    let mut group_by = Vec::new();
    for group in &request.group_by {
        match group_key(ctx, &object, group) {
            Ok(key) => group_by.push(key),
            Err(problem) => problems.push(problem),
        }
    }
    let mut measures = Vec::new();
    for measure in &request.measures {
        match self::measure(ctx, &object, measure) {
            Ok(measure) => measures.push(measure),
            Err(found) => problems.extend(found),
        }
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let schema = &ctx.snapshot.schema;
    let aggregate =
        Aggregate { object: object.key.clone(), filter, group_by, measures, scopes: read::scopes(&ctx.actor, schema), limit: MAX_GROUPS };
    let groups = ctx.tenant.store.aggregate(schema, &aggregate, ctx.tenant.zone).await?;
    Ok(AggregateAnswer { keys: aggregate.group_by, groups })
}

fn group_key(ctx: &Ctx, object: &Object, request: &GroupRequest) -> Result<GroupKey, Problem> {
    let path = resolve_path(&request.field, &ctx.snapshot.schema, object)?;
    if read::is_unordered(&path.kind) {
        let detail = format!("`{}` is {} and cannot be grouped by", request.field, path.kind.name());
        return Err(Problem::error("filter.not_pushable", detail).on(&request.field));
    }
    let grain = match &request.grain {
        None => None,
        Some(text) => {
            let grain = Grain::parse(text).ok_or_else(|| {
                Problem::error("request.malformed", format!("`{text}` is no grain: day, week, month, quarter, year")).on(&request.field)
            })?;
            if !matches!(path.kind, FieldKind::Date | FieldKind::DateTime) {
                return Err(Problem::error("field.type", format!("`{}` is no date and has no grain", request.field)).on(&request.field));
            }
            Some(grain)
        }
    };
    Ok(GroupKey { path, grain })
}

fn measure(ctx: &Ctx, object: &Object, request: &MeasureRequest) -> Result<Measure, Vec<Problem>> {
    let function = MeasureFn::parse(&request.function).ok_or_else(|| {
        vec![Problem::error("request.malformed", format!("`{}` is no measure: count, sum, avg, min, max", request.function)).on("measures")]
    })?;
    let operand = match (&request.field, &request.expr) {
        (Some(_), Some(_)) => {
            return Err(vec![Problem::error("request.malformed", "a measure has a field or an expr, not both").on("measures")]);
        }
        (None, None) if function == MeasureFn::Count => None,
        (None, None) => {
            return Err(vec![
                Problem::error("request.malformed", format!("`{}` needs a field or an expr", request.function)).on("measures"),
            ]);
        }
        (Some(field), None) => {
            let path = resolve_path(field, &ctx.snapshot.schema, object).map_err(|p| vec![p])?;
            check_operand(function, &path)?;
            Some(Expr::Field(path))
        }
        (None, Some(text)) => {
            let syntax = parse(text).map_err(|p| vec![p])?;
            Some(check_number(&syntax, &read::bindings(ctx, object))?.0)
        }
    };
    Ok(Measure { function, operand })
}

fn check_operand(function: MeasureFn, path: &FieldPath) -> Result<(), Vec<Problem>> {
    let fits = match function {
        MeasureFn::Count => true,
        MeasureFn::Sum | MeasureFn::Avg => path.kind.scale().is_some(),
        MeasureFn::Min | MeasureFn::Max => path.kind.scale().is_some() || matches!(path.kind, FieldKind::Date | FieldKind::DateTime),
    };
    if fits {
        return Ok(());
    }
    let text = path.text();
    Err(vec![
        Problem::error("field.type", format!("`{text}` is {} and cannot be measured like this", path.kind.name()))
            .on(text)
            .with("type", path.kind.name()),
    ])
}
