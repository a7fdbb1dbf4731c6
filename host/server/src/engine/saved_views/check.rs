//! Whether a view works for the actor: the same readings of filter, sort and fields as a list's own, so that both always agree.

use guanxi_core::expr::resolve_path;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::{FieldRight, path_right};
use guanxi_core::saved_view::{Audience, ViewContent, ViewKind};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::super::{Ctx, Outcome, list, read};

/// Columns of a view.
const MAX_COLUMNS: usize = 100;
/// Roles, departments and teams that a view is shared with, each.
const MAX_SHARED: usize = 100;

/// The problems of a new content, each with the part that it is in.
pub(super) fn content(ctx: &Ctx, object: &Object, content: &ViewContent) -> Vec<Problem> {
    let mut problems = usable(ctx, object, content).0;
    if content.columns.len() > MAX_COLUMNS {
        problems.push(in_part(Problem::error("field.range", format!("a view has at most {MAX_COLUMNS} columns")).on("columns"), "columns"));
    }
    let missing = |part: &'static str, what: &str| in_part(Problem::error("field.required", what).on(part), part);
    if content.kind == ViewKind::Board && content.group_field.is_none() {
        problems.push(missing("group_field", "a board needs the field whose values are its columns"));
    }
    if content.kind == ViewKind::Calendar && content.date_field.is_none() {
        problems.push(missing("date_field", "a calendar needs a date"));
    }
    problems
}

/// What does not work, and the content without it. A filter cannot be used in part: it would show more than was meant.
pub(super) fn usable(ctx: &Ctx, object: &Object, saved: &ViewContent) -> (Vec<Problem>, Option<ViewContent>) {
    let mut problems = Vec::new();
    let mut content = saved.clone();
    let mut works = |part: &'static str, outcome: Outcome<()>| match outcome {
        Ok(()) => true,
        Err(refusal) => {
            problems.extend(refusal.problems.into_iter().map(|problem| in_part(problem, part)));
            false
        }
    };
    let filter_works = works("filter", filters(ctx, object, &saved.filter));
    content.columns.retain(|column| works("columns", column_shows(ctx, object, column)));
    let keys: Vec<&str> = saved.sort.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    let kept: Vec<&str> = keys.iter().copied().filter(|key| works("sort", sorts(ctx, object, key))).collect();
    // Each key alone is fine, but there may be too many of them.
    content.sort = if works("sort", sorts(ctx, object, &kept.join(","))) { kept.join(",") } else { String::new() };
    content.group_field = saved.group_field.clone().filter(|field| works("group_field", group_field(ctx, object, field, saved.kind)));
    content.date_field = saved.date_field.clone().filter(|field| works("date_field", date_field(ctx, object, field)));
    let lost = match saved.kind {
        ViewKind::List => false,
        ViewKind::Board => content.group_field.is_none(),
        ViewKind::Calendar => content.date_field.is_none(),
    };
    if lost {
        content.kind = ViewKind::List;
    }
    (problems, filter_works.then_some(content))
}

fn filters(ctx: &Ctx, object: &Object, text: &str) -> Outcome<()> {
    let filter = read::filter(ctx, object, text)?;
    read::plain(ctx, filter.as_ref(), [])
}

/// A column with a mask or pseudonyms is still a column; one of which the reader may know nothing is not.
fn column_shows(ctx: &Ctx, object: &Object, column: &str) -> Outcome<()> {
    for path in read::paths(ctx, object, &[column.to_owned()])? {
        if path_right(&ctx.actor, &path) == FieldRight::None {
            return read::plain(ctx, None, [&path]);
        }
    }
    Ok(())
}

fn sorts(ctx: &Ctx, object: &Object, text: &str) -> Outcome<()> {
    let keys = list::sort_keys(ctx, object, text)?;
    read::plain(ctx, None, keys.iter().map(|key| &key.path))
}

fn group_field(ctx: &Ctx, object: &Object, field: &str, kind: ViewKind) -> Outcome<()> {
    // A list is grouped by dates in stretches: `due:month`.
    let (field, grain) = match field.split_once(':') {
        Some((field, grain)) if kind == ViewKind::List => (field, Some(grain)),
        _ => (field, None),
    };
    if let Some(grain) = grain {
        date_field(ctx, object, field)?;
        if guanxi_core::query::Grain::parse(grain).is_none() {
            return Err(Problem::error("request.malformed", format!("`{grain}` is no grain: day, week, month, quarter, year"))
                .on(field)
                .into());
        }
    }
    let path = resolve_path(field, &ctx.snapshot.schema, object)?;
    read::plain(ctx, None, [&path])?;
    let fits = match kind {
        ViewKind::Board => matches!(path.kind, FieldKind::Select { .. } | FieldKind::Bool | FieldKind::Reference { .. }),
        _ => !read::is_unordered(&path.kind),
    };
    if fits {
        return Ok(());
    }
    Err(Problem::error("field.type", format!("`{field}` is {}, which makes no columns or groups", path.kind.name())).on(field).into())
}

fn date_field(ctx: &Ctx, object: &Object, field: &str) -> Outcome<()> {
    let path = resolve_path(field, &ctx.snapshot.schema, object)?;
    read::plain(ctx, None, [&path])?;
    if matches!(path.kind, FieldKind::Date | FieldKind::DateTime) {
        return Ok(());
    }
    let problem = Problem::error("field.type", format!("`{field}` is {}, not a date", path.kind.name())).on(field);
    Err(problem.with("expected", Value::from("date".to_owned())).into())
}

/// Roles, departments and teams must be there, and the actor must see them.
pub(super) async fn audience(ctx: &Ctx, audience: &Audience) -> Outcome<Vec<Problem>> {
    let mut problems = Vec::new();
    let missing = |part: &str, value: String| {
        let place = format!("shared.{part}");
        in_part(
            Problem::error("reference.not_found", format!("there is no such entry in `{place}`")).on(place).with("value", value),
            "shared",
        )
    };
    for (part, length) in [("roles", audience.roles.len()), ("departments", audience.departments.len()), ("teams", audience.teams.len())] {
        if length > MAX_SHARED {
            let problem = Problem::error("field.range", format!("a view is shared with at most {MAX_SHARED} {part}"));
            return Ok(vec![in_part(problem.on(format!("shared.{part}")), "shared")]);
        }
    }
    problems
        .extend(audience.roles.iter().filter(|role| !ctx.snapshot.roles.contains_key(*role)).map(|role| missing("roles", role.clone())));
    let departments = seen_departments(ctx, &audience.departments).await?;
    let unseen = audience.departments.iter().filter(|id| !departments.contains(id));
    problems.extend(unseen.map(|id| missing("departments", id.to_string())));
    if !audience.teams.is_empty() {
        let teams: Vec<Uuid> = ctx.tenant.store.list_teams().await?.into_iter().map(|team| team.id).collect();
        problems.extend(audience.teams.iter().filter(|id| !teams.contains(id)).map(|id| missing("teams", id.to_string())));
    }
    Ok(problems)
}

async fn seen_departments(ctx: &Ctx, ids: &[Uuid]) -> Outcome<Vec<Uuid>> {
    let Ok(object) = read::object(ctx, "department") else { return Ok(Vec::new()) };
    if ids.is_empty() || read::viewable(ctx, &object).is_err() {
        return Ok(Vec::new());
    }
    Ok(read::find_by_ids(ctx, &object, Vec::new(), ids).await?.into_iter().map(|(id, _)| id).collect())
}

fn in_part(problem: Problem, part: &str) -> Problem {
    problem.with("part", Value::from(part.to_owned()))
}
