//! Why a right is there: the parts of an explanation, and which of them hold for one record.

use std::collections::HashSet;

use guanxi_core::meta::Object;
use guanxi_core::policy::{Actor, FieldRight, Function, Reach, RowScope, Scope, Subject, decide};
use guanxi_store::{Record, Share};
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome};

/// What gives a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonBy {
    /// The role may do everything.
    Administrator,
    /// The role's grant, as far as its scope reaches.
    Scope,
    /// A rule of the role.
    Rule,
    /// The user manages the department.
    Manager,
    /// The record is shared.
    Share,
    /// A right on the field.
    Field,
    /// What the field is computed from may not be known.
    Computed,
    /// No role grants it.
    Nothing,
}

impl ReasonBy {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Scope => "scope",
            Self::Rule => "rule",
            Self::Manager => "manager",
            Self::Share => "share",
            Self::Field => "field",
            Self::Computed => "computed",
            Self::Nothing => "nothing",
        }
    }
}

/// One reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What it is.
    pub by: ReasonBy,
    /// The role that says it.
    pub role: Option<String>,
    /// How far it reaches.
    pub scope: Option<Scope>,
    /// Its condition.
    pub rule: Option<String>,
    /// With whom a record is shared.
    pub subject: Option<Subject>,
    /// What the role says about a field.
    pub right: Option<FieldRight>,
    /// Whether it holds for the record that was asked about; `None` without one.
    pub holds: Option<bool>,
}

impl Reason {
    /// A reason of a kind, for whoever fills in the rest.
    pub(super) fn new(by: ReasonBy) -> Self {
        Self { by, role: None, scope: None, rule: None, subject: None, right: None, holds: None }
    }
}

/// A record with what is known about it.
pub(super) struct Asked {
    /// As it is stored.
    pub record: Record,
    /// Its shares that have not ended.
    pub shares: Vec<Share>,
}

impl Engine {
    /// Why an actor may do something with records of an object, or with the one that is asked about.
    pub(super) async fn reasons(
        &self,
        ctx: &Ctx,
        actor: &Actor,
        object: &Object,
        function: Function,
        asked: Option<&Asked>,
    ) -> Outcome<Vec<Reason>> {
        let mut reasons = Vec::new();
        for role in &actor.roles {
            let Some(grant) = role.grant(&object.key, function) else { continue };
            let named = |by| Reason { role: Some(role.key.clone()), ..Reason::new(by) };
            if role.administrator {
                reasons.push(Reason { holds: asked.map(|_| true), ..named(ReasonBy::Administrator) });
                continue;
            }
            if let Some(scope) = grant.scope {
                let holds = asked.map(|asked| is_within(actor, scope, &asked.record));
                reasons.push(Reason { scope: Some(scope), holds, ..named(ReasonBy::Scope) });
            }
            if let Some(text) = grant.rule {
                let holds = match asked {
                    None => None,
                    Some(asked) => Some(self.rule_holds(ctx, actor, object, text, asked.record.id).await?),
                };
                reasons.push(Reason { rule: Some(text.to_owned()), holds, ..named(ReasonBy::Rule) });
            }
        }
        if reasons.is_empty() {
            return Ok(vec![Reason::new(ReasonBy::Nothing)]);
        }
        let reads = matches!(function, Function::View | Function::Aggregate | Function::Export);
        if reads && !actor.managed.is_empty() {
            let department = asked.and_then(|asked| asked.record.value("department").as_ref_id());
            let holds = asked.map(|_| department.is_some_and(|department| actor.managed.contains(&department)));
            reasons.push(Reason { holds, ..Reason::new(ReasonBy::Manager) });
        }
        if reads || function == Function::Edit {
            for share in asked.map(|asked| asked.shares.as_slice()).unwrap_or_default() {
                if actor.subjects.contains(&share.subject) && (reads || share.edit) {
                    reasons.push(Reason { subject: Some(share.subject.clone()), holds: Some(true), ..Reason::new(ReasonBy::Share) });
                }
            }
        }
        Ok(reasons)
    }

    async fn rule_holds(&self, ctx: &Ctx, actor: &Actor, object: &Object, text: &str, record: Uuid) -> Outcome<bool> {
        let Some(rule) = actor.bound.rule(&object.key, text) else { return Ok(false) };
        let scope = RowScope::Limited(Box::new(Reach { rules: vec![rule.clone()], ..Reach::default() }));
        let found: HashSet<Uuid> = ctx.tenant.store.reached(&ctx.snapshot.schema, object, &[record], &scope).await?;
        Ok(found.contains(&record))
    }

    /// Whether the decision itself lets the actor reach the record.
    pub(super) async fn reaches(&self, ctx: &Ctx, actor: &Actor, object: &Object, function: Function, record: Uuid) -> Outcome<bool> {
        let Some(scope) = decide(actor, &object.key, function) else { return Ok(false) };
        Ok(ctx.tenant.store.reached(&ctx.snapshot.schema, object, &[record], &scope).await?.contains(&record))
    }
}

fn is_within(actor: &Actor, scope: Scope, record: &Record) -> bool {
    let own = actor.user.is_some() && record.value("owner").as_ref_id() == actor.user;
    let department = record.value("department").as_ref_id();
    let in_any = |departments: &[Uuid]| department.is_some_and(|department| departments.contains(&department));
    match scope {
        Scope::All => true,
        Scope::Own => own,
        Scope::Department => own || in_any(&actor.departments),
        Scope::DepartmentBelow => own || in_any(&actor.departments_below),
    }
}
