//! Group keys: fields with grains, or with buckets.

use guanxi_core::expr::FieldPath;
use guanxi_core::meta::FieldKind;
use guanxi_core::query::{Grain, GroupKey, Parts};
use guanxi_core::{Decimal, Problem};

use super::scene::Scene;
use super::{BucketRequest, GroupRequest};
use crate::engine::read;

const MAX_EDGES: usize = 200;

impl Scene<'_> {
    pub(super) fn key(&self, request: &GroupRequest, at: usize, problems: &mut Vec<Problem>) -> Option<GroupKey> {
        group_key(self, request, at).map_err(|problem| problems.push(problem)).ok()
    }
}

fn group_key(scene: &Scene<'_>, request: &GroupRequest, at: usize) -> Result<GroupKey, Problem> {
    let path = scene.path(&request.field)?;
    if read::is_unordered(&path.kind) {
        let detail = format!("`{}` is {} and cannot be grouped by", request.field, path.kind.name());
        return Err(Problem::error("filter.not_pushable", detail).on(&request.field));
    }
    let malformed = |part: &str, detail: String| Problem::error("request.malformed", detail).on(format!("group_by.{at}.{part}"));
    let parts = match (&request.grain, &request.bucket) {
        (Some(_), Some(_)) => return Err(malformed("bucket", "a key has a grain or a bucket, not both".into())),
        (None, None) if request.first_month.is_some() => return Err(malformed("first_month", "a first month needs a grain".into())),
        (None, None) if request.fill => return Err(malformed("fill", "only a grain or a bucket can be filled".into())),
        (None, None) => Parts::Values,
        (Some(text), None) => {
            let grain = Grain::parse(text).ok_or_else(|| {
                Problem::error("request.malformed", format!("`{text}` is no grain: day, week, month, quarter, year")).on(&request.field)
            })?;
            if !matches!(path.kind, FieldKind::Date | FieldKind::DateTime) {
                return Err(Problem::error("field.type", format!("`{}` is no date and has no grain", request.field)).on(&request.field));
            }
            let first_month = request.first_month.unwrap_or(1);
            if !(1..=12).contains(&first_month) {
                return Err(malformed("first_month", "the first month is 1 to 12".into()));
            }
            Parts::Periods { grain, first_month }
        }
        (None, Some(bucket)) => buckets(&path, bucket, at)?,
    };
    Ok(GroupKey { path, parts })
}

fn buckets(path: &FieldPath, bucket: &BucketRequest, at: usize) -> Result<Parts, Problem> {
    let malformed = |part: &str, detail: &str| Problem::error("request.malformed", detail).on(format!("group_by.{at}.bucket.{part}"));
    let scale = path.kind.scale().ok_or_else(|| {
        let detail = format!("`{}` is {}; only numbers have buckets", path.text(), path.kind.name());
        Problem::error("field.type", detail).on(path.text()).with("type", path.kind.name())
    })?;
    let number = |text: &str, part: &str| {
        Decimal::parse(text, scale)
            .map_err(|_| malformed(part, &format!("`{text}` is no number with at most {scale} digits after the point")))
    };
    match (&bucket.width, bucket.edges.as_slice()) {
        (Some(width), []) => {
            let width = number(width, "width")?;
            if width.units <= 0 {
                return Err(malformed("width", "a width is more than 0"));
            }
            Ok(Parts::Steps { from: bucket.from.as_deref().map_or(Ok(Decimal::new(0, scale)), |from| number(from, "from"))?, width })
        }
        (None, edges) if !edges.is_empty() && bucket.from.is_none() => {
            let edges = edges.iter().map(|edge| number(edge, "edges")).collect::<Result<Vec<_>, _>>()?;
            if edges.len() > MAX_EDGES || !edges.is_sorted_by(|a, b| a < b) {
                return Err(malformed("edges", &format!("at most {MAX_EDGES} edges, each more than the one before")));
            }
            Ok(Parts::Edges(edges))
        }
        _ => Err(malformed("edges", "a bucket has edges, or a width and where it begins (`from`)")),
    }
}
