//! Why somebody may or may not do something: with an object, with one record, with one field.
//!
//! An explanation is made of the same parts as the decision, and says what the decision says: a story compares the two.

use guanxi_core::meta::Computed;
use guanxi_core::policy::{Actor, FieldRight, Function, decide_in, min_group};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal, read};
use super::manages;
use super::reasons::{Asked, Reason, ReasonBy};

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// About whom.
    pub user: Uuid,
    /// About which object.
    pub object: String,
    /// About one of its records.
    pub record: Option<Uuid>,
    /// About one of its fields.
    pub field: Option<String>,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// About whom.
    pub user: Uuid,
    /// That user's name.
    pub name: String,
    /// The keys of the user's roles.
    pub roles: Vec<String>,
    /// The object's key.
    pub object: String,
    /// The object whose rights decide, where that is another: a child object follows its parent.
    pub follows: Option<String>,
    /// Every function.
    pub functions: Vec<FunctionAnswer>,
    /// Groups of figures over fewer records are withheld; 1: none.
    pub min_group: u32,
    /// About the record.
    pub record: Option<RecordAnswer>,
    /// About the field.
    pub field: Option<FieldAnswer>,
}

/// Whether a function is allowed on some records.
#[derive(Clone, Debug)]
pub struct FunctionAnswer {
    /// Which.
    pub function: Function,
    /// On any record at all.
    pub allowed: bool,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What may be done with one record.
#[derive(Clone, Debug)]
pub struct RecordAnswer {
    /// Which.
    pub id: Uuid,
    /// The functions that are about a record.
    pub functions: Vec<FunctionAnswer>,
}

/// What may be done with one field.
#[derive(Clone, Debug)]
pub struct FieldAnswer {
    /// Which.
    pub field: String,
    /// The right that counts.
    pub right: FieldRight,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What can be done with a record that is there.
const WITH_A_RECORD: [Function; 5] = [Function::View, Function::Edit, Function::Delete, Function::Export, Function::Aggregate];

impl Engine {
    /// Explains. For the user and for those who may see roles; about a record that only others see, the user gets to know nothing.
    pub async fn explain(&self, ctx: &Ctx, question: Question) -> Outcome<Explanation> {
        let about_others = ctx.actor.user != Some(question.user);
        if about_others {
            manages(ctx, Function::View)?;
        }
        let object = read::object(ctx, &question.object)?;
        let mut actor = match about_others {
            // The caller's token may have fewer roles than the caller: it explains what it may do itself.
            false => ctx.actor.clone(),
            true => self.actor(ctx, question.user, None).await?.ok_or_else(|| Refusal::not_found("active user"))?,
        };
        let mut seen = Ctx { actor: actor.clone(), ..ctx.clone() };
        seen.bind_actor();
        actor.bound = seen.actor.bound.clone();
        let schema = &ctx.snapshot.schema;
        let follows = object.parent_object().map(str::to_owned);
        let deciding = match &follows {
            Some(parent) => read::object(ctx, parent)?,
            None => object.clone(),
        };
        let mut functions = Vec::new();
        for function in Function::ALL {
            let allowed = decide_in(schema, &actor, &object.key, function).is_some();
            // A child object's changes are changes of its parent.
            let asked = match (&follows, function) {
                (Some(_), Function::Create | Function::Edit | Function::Delete) => Function::Edit,
                _ => function,
            };
            // Lines and a history of states may be closed by a field, whatever the roles grant.
            let reasons =
                if allowed { self.reasons(ctx, &actor, &deciding, asked, None).await? } else { vec![Reason::new(ReasonBy::Nothing)] };
            functions.push(FunctionAnswer { function, allowed, reasons });
        }
        let record = match question.record {
            None => None,
            Some(id) => Some(self.explain_record(ctx, &actor, &object, &deciding, id, about_others).await?),
        };
        let field = match &question.field {
            None => None,
            Some(key) => Some(explain_field(&actor, &object, key)?),
        };
        Ok(Explanation {
            user: question.user,
            name: actor.name.clone(),
            roles: actor.roles.iter().map(|role| role.key.clone()).collect(),
            object: object.key.clone(),
            follows,
            functions,
            min_group: min_group(schema, &actor, &object.key),
            record,
            field,
        })
    }

    async fn explain_record(
        &self,
        ctx: &Ctx,
        actor: &Actor,
        object: &guanxi_core::meta::Object,
        deciding: &guanxi_core::meta::Object,
        id: Uuid,
        about_others: bool,
    ) -> Outcome<RecordAnswer> {
        let missing = || Refusal::not_found("record");
        let schema = &ctx.snapshot.schema;
        let load = async |key: &str, id: Uuid| {
            let found = ctx.tenant.store.load_records(schema, key, &[id]).await?;
            Outcome::Ok(found.into_iter().find(|record| !record.deleted))
        };
        if object.read_only {
            return Err(missing());
        }
        let mut record = load(&object.key, id).await?.ok_or_else(missing)?;
        if object.key != deciding.key {
            let parent = object.parent.as_deref().and_then(|reference| record.value(reference).as_ref_id()).ok_or_else(missing)?;
            record = load(&deciding.key, parent).await?.ok_or_else(missing)?;
        }
        if !about_others && !self.reaches(ctx, actor, deciding, Function::View, record.id).await? {
            return Err(missing());
        }
        let mut shares = ctx.tenant.store.list_shares(&deciding.key, record.id).await?;
        shares.retain(|share| share.until.is_none_or(|end| end > ctx.now));
        let asked = Asked { record, shares };
        let mut functions = Vec::new();
        for function in WITH_A_RECORD {
            let deciding_function = if object.key != deciding.key && function == Function::Delete { Function::Edit } else { function };
            let allowed = self.reaches(ctx, actor, deciding, deciding_function, asked.record.id).await?;
            let reasons = self.reasons(ctx, actor, deciding, deciding_function, Some(&asked)).await?;
            functions.push(FunctionAnswer { function, allowed, reasons });
        }
        Ok(RecordAnswer { id, functions })
    }
}

fn explain_field(actor: &Actor, object: &guanxi_core::meta::Object, key: &str) -> Outcome<FieldAnswer> {
    let field = object.field(key).ok_or_else(|| {
        let problem = Problem::error("field.unknown", format!("`{}` has no field `{key}`", object.key)).on("field");
        Refusal::from(problem.with("value", Value::from(key)))
    })?;
    let right = actor.field_right(&object.key, key);
    let mut reasons = Vec::new();
    for role in &actor.roles {
        if role.administrator {
            reasons.push(Reason { role: Some(role.key.clone()), right: Some(FieldRight::Edit), ..Reason::new(ReasonBy::Administrator) });
        } else if role.fields.get(&object.key).is_some_and(|fields| fields.contains_key(key)) {
            let said = Some(role.field(&object.key, key));
            reasons.push(Reason { role: Some(role.key.clone()), right: said, ..Reason::new(ReasonBy::Field) });
        }
    }
    if reasons.is_empty() && !right.is_plain() && matches!(field.computed, Some(Computed::Formula { .. } | Computed::RollUp(_))) {
        reasons.push(Reason { right: Some(right), ..Reason::new(ReasonBy::Computed) });
    }
    Ok(FieldAnswer { field: key.to_owned(), right, reasons })
}
