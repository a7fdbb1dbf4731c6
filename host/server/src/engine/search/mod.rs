//! The search: words over all objects or one, ranked, as far as the actor may read.
//!
//! Each object is asked with the actor's own row scope, and only about fields whose values the actor may know as they are; so nothing is
//! found, counted or ranked by what is hidden. The store gives the newest candidates, the order is made here.

mod arms;
mod index;
mod snippet;

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::expr::Expr;
use guanxi_core::meta::Object;
use guanxi_core::search::{Asked, Rank, marks, rank};
use guanxi_core::{Problem, Value};
use guanxi_store::{Place, SearchArm, SearchHit};
use uuid::Uuid;

pub(super) use index::IndexState;
pub use snippet::Snippet;

use super::{Ctx, Engine, Outcome, read};

/// Answers of one object that are ranked; where there are more, the newest ones and those whose titles fit.
const CANDIDATES: u64 = 200;
/// The most results of one search.
pub const MAX_RESULTS: u32 = 100;

/// What is searched for.
#[derive(Clone, Debug, Default)]
pub struct SearchRequest {
    /// The words; without a letter or digit nothing is found.
    pub words: String,
    /// Only records of this object.
    pub object: Option<String>,
    /// 1 to [`MAX_RESULTS`].
    pub limit: u32,
    /// What else must hold, for `object` only.
    pub filter: String,
}

/// One record that was found.
#[derive(Clone, Debug)]
pub struct SearchResult {
    /// Its object.
    pub object: Arc<Object>,
    /// The record.
    pub id: Uuid,
    /// Its title, as the actor may know it.
    pub title: String,
    /// Where the words stand in the title, in characters.
    pub title_marks: Vec<(usize, usize)>,
    /// Where else the words stand, if the title alone does not answer.
    pub snippet: Option<Snippet>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct SearchPage {
    /// The best first.
    pub results: Vec<SearchResult>,
    /// There are more.
    pub more: bool,
    /// Some objects are still being indexed; their older records may be missing.
    pub indexing: bool,
}

impl Engine {
    /// Searches all objects that the actor may view, or one.
    pub async fn search(&self, ctx: &Ctx, request: &SearchRequest) -> Outcome<SearchPage> {
        if !(1..=MAX_RESULTS).contains(&request.limit) {
            return Err(Problem::error("request.malformed", format!("limit is 1 to {MAX_RESULTS}")).on("limit").into());
        }
        let objects = arms::objects(ctx, request.object.as_deref())?;
        let Some(asked) = Asked::new(&request.words) else { return Ok(SearchPage::default()) };
        let filter = match objects.first() {
            Some(object) if request.object.is_some() => read::filter(ctx, object, &request.filter)?,
            _ => None,
        };
        super::protect::plain(ctx, filter.as_ref(), [])?;
        let (objects, arms): (Vec<Arc<Object>>, Vec<SearchArm>) =
            objects.into_iter().filter_map(|object| arms::arm(ctx, &object, filter.clone()).map(|arm| (object, arm))).unzip();
        let indexing = self.is_indexing(ctx, &objects).await?;
        let (mut hits, mut more) = candidates(ctx, &arms, &asked).await?;
        hits.sort_by_key(|(rank, hit)| (*rank, std::cmp::Reverse(hit.id)));
        let limit = request.limit as usize;
        more |= hits.len() > limit;
        hits.truncate(limit);
        let results = self.found_results(ctx, &objects, &arms, &asked, hits).await?;
        Ok(SearchPage { results, more, indexing })
    }

    /// The results with what people read of them.
    async fn found_results(
        &self,
        ctx: &Ctx,
        objects: &[Arc<Object>],
        arms: &[SearchArm],
        asked: &Asked,
        hits: Vec<(Rank, SearchHit)>,
    ) -> Outcome<Vec<SearchResult>> {
        let mut by_arm: HashMap<usize, Vec<Uuid>> = HashMap::new();
        let mut untitled: HashMap<usize, Vec<Uuid>> = HashMap::new();
        for (rank, hit) in &hits {
            if *rank == Rank::Other {
                by_arm.entry(hit.arm).or_default().push(hit.id);
            }
            if arms[hit.arm].title.is_none() {
                untitled.entry(hit.arm).or_default().push(hit.id);
            }
        }
        let mut snippets: HashMap<Uuid, Snippet> = HashMap::new();
        for (arm, ids) in by_arm {
            snippets.extend(snippet::snippets(ctx, &objects[arm], &arms[arm], asked, &ids).await?);
        }
        let mut titles: HashMap<Uuid, String> = HashMap::new();
        for (arm, ids) in untitled {
            titles.extend(self.titles(ctx, &objects[arm].key, &ids).await?);
        }
        let result = |(_, hit): (Rank, SearchHit)| {
            let known = arms[hit.arm].title.is_some();
            let title = if known { hit.title } else { titles.remove(&hit.id).unwrap_or_default() };
            let title_marks = if known { marks(asked, &title) } else { Vec::new() };
            SearchResult { object: objects[hit.arm].clone(), id: hit.id, title, title_marks, snippet: snippets.remove(&hit.id) }
        };
        Ok(hits.into_iter().map(result).collect())
    }
}

/// What answers, with its rank; and whether there is more than was looked at.
async fn candidates(ctx: &Ctx, arms: &[SearchArm], asked: &Asked) -> Outcome<(Vec<(Rank, SearchHit)>, bool)> {
    let schema = &ctx.snapshot.schema;
    let scopes = read::scopes(&ctx.actor, schema);
    let all: Vec<(usize, &SearchArm)> = arms.iter().enumerate().collect();
    let store = &ctx.tenant.store;
    let mut hits = store.search(schema, &scopes, &all, asked, Place::Anywhere, CANDIDATES + 1).await?;
    let mut counts: HashMap<usize, u64> = HashMap::new();
    for hit in &hits {
        *counts.entry(hit.arm).or_default() += 1;
    }
    let crowded: Vec<(usize, &SearchArm)> = all.into_iter().filter(|(at, _)| counts.get(at).is_some_and(|n| *n > CANDIDATES)).collect();
    if !crowded.is_empty() {
        // The best may be older than the newest two hundred.
        for place in [Place::WholeTitle, Place::TitleBegins, Place::Title] {
            hits.extend(store.search(schema, &scopes, &crowded, asked, place, CANDIDATES).await?);
        }
        hits.sort_by_key(|hit| (hit.arm, hit.id));
        hits.dedup_by_key(|hit| (hit.arm, hit.id));
    }
    let ranked = |hit: SearchHit| {
        let rank = if arms[hit.arm].title.is_some() { rank(asked, &hit.title) } else { Rank::Other };
        (rank, hit)
    };
    let more = !crowded.is_empty() || store.search_is_crowded(schema, &scopes, arms, asked).await?;
    Ok((hits.into_iter().map(ranked).collect(), more))
}

/// "The record holds these words", over the fields that the actor may know; for the lists. Blank words are no condition.
pub(super) fn condition(ctx: &Ctx, object: &Object, words: &str) -> Option<Expr> {
    if words.trim().is_empty() {
        return None;
    }
    let fields = arms::readable(ctx, object);
    let paths = fields.iter().filter_map(|key| guanxi_core::expr::resolve_path(key, &ctx.snapshot.schema, object).ok()).collect::<Vec<_>>();
    if paths.is_empty() || Asked::new(words).is_none() {
        return Some(Expr::Literal(Value::Bool(false)));
    }
    Some(Expr::Words(paths, words.to_owned()))
}
