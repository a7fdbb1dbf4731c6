//! The save: every write of records, from any border, takes these steps (docs/architecture.md).
//!
//! 1 load and rights · 2 prepare values · 3 hooks of plugins · 4 check · 5 write in one short transaction. All problems come back at
//! once. Nothing is written before step 5, so stopping there is a dry run; no plugin runs inside step 5.

mod adjust;
mod check;
pub(super) mod children;
mod conditions;
mod conflict;
mod declared;
mod derived;
mod facts;
mod files;
mod form_state;
mod formulas;
mod item;
mod load;
mod prepare;
mod rehearsal;
mod repeat;
mod transitions;
mod validations;
mod write;

use guanxi_core::problem::Severity;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Raw, Refusal};
pub(super) use declared::compute_formulas;
pub(super) use derived::{Derived, Misfit, Misfits};
pub(super) use facts::stored_source;
pub use form_state::{FormState, open_transitions};
pub(super) use item::{Item, ItemOp};
pub use repeat::RepeatKey;

/// The most changes of one unit.
const MAX_CHANGES: usize = 5_000;
/// How often a save starts again after somebody changed one of its rows.
const MAX_OVERTAKEN: u64 = 3;
/// How often it starts at all: a burst of metadata changes must not refuse the saves beside it.
const MAX_ATTEMPTS: u64 = 16;

/// One wish of a caller.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new record.
    Create {
        /// The object's key.
        object: String,
        /// Fields by key.
        fields: Vec<(String, Raw)>,
    },
    /// New values for some fields of a record.
    Update {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
        /// Refused with `record.version_conflict` unless the record has this version.
        expect: Option<i64>,
        /// Fields by key; those not named stay as they are.
        fields: Vec<(String, Raw)>,
    },
    /// A deleted record comes back; who may delete it may do that.
    Restore {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
        /// Refused with `record.version_conflict` unless the record has this version.
        expect: Option<i64>,
    },
    /// Numbers of a record move by an amount, through an adjustment that its object declares; whatever version it has.
    Adjust {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
        /// The adjustment's key.
        action: String,
        /// By how much: a positive number as text.
        amount: String,
    },
    /// A soft delete.
    Delete {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
        /// Refused with `record.version_conflict` unless the record has this version.
        expect: Option<i64>,
    },
}

/// How a unit is saved.
#[derive(Clone, Debug, Default)]
pub struct SaveOptions {
    /// Good items are written, bad ones reported; otherwise all or nothing.
    pub partial: bool,
    /// Everything but the writing.
    pub dry_run: bool,
    /// Codes of `confirm` problems that the user agreed to.
    pub confirm: Vec<String>,
    /// The updates of the unit are this transition of their object's state machine.
    pub action: Option<String>,
    /// The batch to which the changes belong in the history.
    pub batch: Option<i64>,
    /// The same request sent again changes nothing and gets the same answer.
    pub repeat: Option<RepeatKey>,
}

/// A change that was made (or would be, in a dry run).
#[derive(Clone, Debug)]
pub struct Saved {
    /// The object's key.
    pub object: String,
    /// The record.
    pub id: Uuid,
    /// Its version now.
    pub version: i64,
    /// It already was as wished; nothing was written.
    pub unchanged: bool,
    /// What should be known about it.
    pub infos: Vec<Problem>,
    /// In a dry run the record as it would be; `None` where it would be gone.
    pub would_be: Option<WouldBe>,
}

/// The visible fields of a line with their values.
pub type LineValues = Vec<(String, Value)>;

/// A record as a save would leave it.
#[derive(Clone, Debug, Default)]
pub struct WouldBe {
    /// Visible fields with their values.
    pub values: Vec<(String, Value)>,
    /// Its lines by children field, as far as the save looked at them.
    pub lines: Vec<(String, Vec<LineValues>)>,
}

/// What became of one change.
pub type ItemOutcome = Result<Saved, Refusal>;

/// Why a round of a save ended early.
pub(super) enum Interrupted {
    /// Somebody changed one of the rows in between: start again, a few times.
    Overtaken,
    /// Metadata or rights changed in between, or the database asks for another try: start again under the new ones.
    Outdated,
    /// The same request was faster under its idempotency key.
    Repeated,
    Refused(Refusal),
}

impl From<Refusal> for Interrupted {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Engine {
    /// Saves a unit. Without `partial`, any blocking problem refuses the whole unit with all its problems.
    pub async fn save(&self, ctx: &Ctx, changes: Vec<Change>, options: SaveOptions) -> Outcome<Vec<ItemOutcome>> {
        ctx.must_not_be_viewing()?;
        if changes.len() > MAX_CHANGES {
            return Err(Refusal::one("save.cascade_limit", format!("one unit has at most {MAX_CHANGES} changes")));
        }
        if let Some(outcomes) = self.repeated(ctx, &options).await? {
            return Ok(outcomes);
        }
        let mut ctx = ctx.clone();
        let mut overtaken = 0;
        for attempt in 1..=MAX_ATTEMPTS {
            match self.attempt(&ctx, &changes, &options, overtaken == MAX_OVERTAKEN).await {
                Ok(outcomes) => return Ok(outcomes),
                // What another host changed a moment ago may have made it right.
                Err(Interrupted::Refused(refusal)) if attempt > 1 || !self.is_outdated(&ctx).await? => return Err(refusal),
                Err(Interrupted::Refused(_)) => {}
                Err(Interrupted::Overtaken) => overtaken += 1,
                Err(Interrupted::Outdated) => {}
                Err(Interrupted::Repeated) => {
                    if let Some(outcomes) = self.repeated(&ctx, &options).await? {
                        return Ok(outcomes);
                    }
                }
            }
            // Many writers of one record would meet again and again: let them fall apart, and come back at a later time.
            let pause = 5 + u64::from(ctx.now.timestamp_subsec_micros() % 29) * attempt;
            tokio::time::sleep(std::time::Duration::from_millis(pause)).await;
            ctx.now = ctx.now.max(self.clock.now());
            ctx.tenant.invalidate();
            ctx.snapshot = self.snapshot(&ctx.tenant).await?;
            ctx.bind_actor();
        }
        Err(Refusal::one("busy", "others keep changing the same records; try again"))
    }

    async fn attempt(&self, ctx: &Ctx, changes: &[Change], options: &SaveOptions, last: bool) -> Result<Vec<ItemOutcome>, Interrupted> {
        let unit = self.expand(ctx, changes).await?;
        let mut items = self.load_items(ctx, &unit).await?;
        self.prepare_items(ctx, &mut items, &unit.changes).await?;
        children::attach(&unit, &mut items);
        items.iter_mut().for_each(conflict::tell_sides);
        self.check_references(ctx, &mut items).await?;
        self.apply_rules(ctx, &mut items, options.action.as_deref()).await?;
        self.run_hooks(ctx, &mut items).await?;
        self.check_items(ctx, &mut items).await?;
        self.check_rules(ctx, &mut items, options.action.as_deref()).await?;
        for item in &mut items {
            item.settle_confirmations(&options.confirm);
        }
        if !options.partial && items.iter().any(Item::refused) {
            return Err(refuse_unit(&items).into());
        }
        match options.dry_run {
            // Only the database can compare records with each other, so it tries and keeps nothing.
            true if items.iter().any(Item::is_compared) => self.write_items(ctx, &mut items, options, last).await?,
            true => children::settle(&mut items, options.partial),
            false => self.write_items(ctx, &mut items, options, last).await?,
        }
        let own = items.into_iter().filter(|item| item.link.own);
        Ok(own.map(|item| if options.dry_run { rehearsal::outcome(ctx, item) } else { item.outcome() }).collect())
    }
}

impl Change {
    /// The object's key.
    pub fn object(&self) -> &str {
        match self {
            Self::Create { object, .. } | Self::Update { object, .. } | Self::Restore { object, .. } => object,
            Self::Adjust { object, .. } | Self::Delete { object, .. } => object,
        }
    }

    /// The record; a new one has no id yet.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Create { .. } => None,
            Self::Update { id, .. } | Self::Restore { id, .. } | Self::Adjust { id, .. } | Self::Delete { id, .. } => Some(*id),
        }
    }
}

/// All problems of all items, each with the place in the unit of the caller's change that it belongs to.
fn refuse_unit(items: &[Item]) -> Refusal {
    let many = items.iter().any(|item| item.link.group > 0);
    let status = items.iter().filter(|item| item.refused()).map(Item::status).max().unwrap_or(422);
    let mut problems = Vec::new();
    for item in items {
        let index = i64::try_from(item.link.group).unwrap_or(i64::MAX);
        problems.extend(item.located_problems().into_iter().map(|p| if many { p.with("index", Value::Int(index)) } else { p }));
    }
    problems.sort_by_key(|p| p.severity != Severity::Error);
    Refusal { status, problems }
}
