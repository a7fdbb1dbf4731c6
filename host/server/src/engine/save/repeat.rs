//! Idempotency keys: a request that is sent again finds what it did the first time (design §9).
//!
//! The key is written in the transaction of the change, so that both are there or neither. Only what was saved is remembered: a request
//! that was refused wrote nothing and is simply tried again.

use guanxi_core::{Problem, Severity};
use guanxi_store::Idempotent;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Item, ItemOutcome, SaveOptions, Saved};
use crate::engine::{Ctx, Engine, Outcome, Refusal};

/// The key of a request with the hash of everything that makes it this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatKey {
    /// What the caller chose; one caller's keys mean nothing to others.
    pub key: String,
    /// Method, address and body.
    pub request: [u8; 32],
}

/// What became of one change, as it is kept for a repetition.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Kept {
    Saved { object: String, id: Uuid, version: i64, unchanged: bool },
    Refused { status: u16, problems: Vec<KeptProblem> },
}

#[derive(Serialize, Deserialize)]
struct KeptProblem {
    code: String,
    confirm: bool,
    field: Option<String>,
    detail: String,
}

impl Engine {
    /// What the same request did before; `idempotency.body_differs` where another request has the key.
    pub(super) async fn repeated(&self, ctx: &Ctx, options: &SaveOptions) -> Outcome<Option<Vec<ItemOutcome>>> {
        let (Some(repeat), Some(user), false) = (&options.repeat, ctx.actor.user, options.dry_run) else { return Ok(None) };
        let Some(found) = ctx.tenant.store.find_idempotent(user, &repeat.key, ctx.now).await? else { return Ok(None) };
        if found.request != repeat.request {
            let problem = Problem::error("idempotency.body_differs", "another request was sent under this Idempotency-Key");
            return Err(problem.on("Idempotency-Key").into());
        }
        let kept: Vec<Kept> = serde_json::from_str(&found.outcome).map_err(|error| Refusal::internal(&error))?;
        Ok(Some(kept.into_iter().map(Kept::outcome).collect()))
    }
}

impl RepeatKey {
    /// What is written beside the unit; nothing where nobody acts.
    pub(super) fn row(&self, ctx: &Ctx, items: &[Item]) -> Option<Idempotent> {
        let kept: Vec<Kept> = items.iter().filter(|item| item.link.own).map(Kept::of).collect();
        let outcome = serde_json::to_string(&kept).ok()?;
        Some(Idempotent { actor: ctx.actor.user?, key: self.key.clone(), request: self.request.to_vec(), outcome })
    }
}

impl Kept {
    fn of(item: &Item) -> Self {
        if item.refused() {
            let problem = |p: &Problem| KeptProblem {
                code: p.code.clone(),
                confirm: p.severity == Severity::Confirm,
                field: p.field.clone(),
                detail: p.detail.clone(),
            };
            return Self::Refused { status: item.status(), problems: item.problems.iter().map(problem).collect() };
        }
        let (version, unchanged) = item.version_after();
        Self::Saved { object: item.object.key.clone(), id: item.id, version, unchanged }
    }

    fn outcome(self) -> ItemOutcome {
        match self {
            Self::Saved { object, id, version, unchanged } => {
                Ok(Saved { object, id, version, unchanged, infos: Vec::new(), would_be: None })
            }
            Self::Refused { status, problems } => {
                let problem = |p: KeptProblem| Problem {
                    severity: if p.confirm { Severity::Confirm } else { Severity::Error },
                    field: p.field,
                    ..Problem::error(p.code, p.detail)
                };
                Err(Refusal { status, problems: problems.into_iter().map(problem).collect() })
            }
        }
    }
}
