//! Rules that compare records with each other (`no_overlap`, `limit`): no index can keep them, so saves that touch the same keys follow one
//! another, and each looks at the rows once they are written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate};
use guanxi_core::Value;
use guanxi_core::expr::{Bindings, Expr as Rule, check_condition, parse};
use guanxi_core::meta::{Label, Limit, NoOverlap, Object, Schema};
use guanxi_core::policy::RowScope;
use guanxi_core::query::Scopes;
use sea_query::{Expr, Query};
use uuid::Uuid;

use super::stored::stored;
use super::{Planned, RowOp, RuleBroken, WriteError, conflict};
use crate::StoreError;
use crate::column::field_of;
use crate::db::{Db, Dialect, Tx};
use crate::error::inconsistent;
use crate::metadata::UniqueRule;

/// Locks of one rule: enough that strangers seldom wait for each other, few enough for PostgreSQL's table of locks.
const LOCKS: u64 = 256;

/// The rules that a unit touches, with what it does to them.
pub(super) struct Touched<'a> {
    rules: Vec<TouchedRule<'a>>,
}

/// One rule with the changes that may break it.
pub(super) struct TouchedRule<'a> {
    pub(super) sort: Sort<'a>,
    /// Key fields and condition.
    pub(super) scope: UniqueRule<'a>,
    pub(super) object: &'a Object,
    /// In the order of the unit.
    pub(super) changes: Vec<Moved>,
}

#[derive(Clone, Copy)]
pub(super) enum Sort<'a> {
    NoOverlap(&'a NoOverlap),
    Limit(&'a Limit),
}

/// A record's place in a rule before and after; `None` where it is outside of it.
pub(super) struct Moved {
    pub(super) id: Uuid,
    pub(super) before: Option<Inside>,
    pub(super) after: Option<Inside>,
}

pub(super) struct Inside {
    /// Equal for equal keys.
    pub(super) key: Vec<String>,
    pub(super) values: HashMap<String, Value>,
}

impl<'a> Sort<'a> {
    pub(super) fn key(self) -> &'a str {
        match self {
            Self::NoOverlap(rule) => &rule.key,
            Self::Limit(rule) => &rule.key,
        }
    }

    fn fields(self) -> &'a [String] {
        match self {
            Self::NoOverlap(rule) => &rule.fields,
            Self::Limit(rule) => &rule.fields,
        }
    }

    fn condition(self) -> Option<&'a str> {
        match self {
            Self::NoOverlap(rule) => rule.condition.as_deref(),
            Self::Limit(rule) => rule.condition.as_deref(),
        }
    }

    fn told(self) -> (&'a str, &'a Label) {
        match self {
            Self::NoOverlap(rule) => (&rule.code, &rule.message),
            Self::Limit(rule) => (&rule.code, &rule.message),
        }
    }

    /// The field beside which a violation is told.
    fn place(self) -> Option<&'a String> {
        match self {
            Self::NoOverlap(rule) => Some(&rule.from),
            Self::Limit(rule) => rule.sum.as_ref(),
        }
    }

    /// Whether a change of this field can break the rule.
    fn reads(self, key: &str) -> bool {
        let own = match self {
            Self::NoOverlap(rule) => rule.from == key || rule.to == key,
            Self::Limit(rule) => rule.sum.as_deref() == Some(key),
        };
        // A condition that does not contain a field's name does not read it.
        own || self.fields().iter().any(|field| field == key) || self.condition().is_some_and(|text| text.contains(key))
    }

    fn is_touched_by(self, one: &Planned<'_>) -> bool {
        match one.change.op {
            RowOp::Insert | RowOp::Restore { .. } => true,
            RowOp::Update { .. } | RowOp::Adjust { .. } => one.change.values.iter().any(|(key, _)| self.reads(key)),
            // Without a negative number the sum of others grows.
            RowOp::Delete { .. } => matches!(self, Self::Limit(rule) if rule.sum.is_some()),
        }
    }
}

/// The rules of an object in the order of their declaration.
fn declared(object: &Object) -> impl Iterator<Item = Sort<'_>> {
    object.rules.no_overlaps.iter().map(Sort::NoOverlap).chain(object.rules.limits.iter().map(Sort::Limit))
}

/// At least one rule may be broken by one of the changes.
pub(super) fn touches(planned: &[Planned<'_>]) -> bool {
    planned.iter().any(|one| declared(&one.object).any(|rule| rule.is_touched_by(one)))
}

impl<'a> Touched<'a> {
    /// Finds out what the unit touches and, on PostgreSQL, waits for the saves that touch the same. Rows are only looked at here: if one
    /// changes before it is written, its version tells.
    pub(super) async fn lock(
        tx: &mut Tx,
        schema: &Schema,
        objects: &'a [std::sync::Arc<Object>],
        planned: &[Planned<'_>],
    ) -> Result<Self, WriteError> {
        let mut rules = Vec::new();
        for object in objects {
            let group: Vec<&Planned<'_>> = planned.iter().filter(|one| one.object.id == object.id).collect();
            let touched: Vec<Sort<'a>> = declared(object).filter(|rule| group.iter().any(|one| rule.is_touched_by(one))).collect();
            if touched.is_empty() {
                continue;
            }
            let before = before(tx, schema, object, &group, &touched).await?;
            for sort in touched {
                let fields = sort.fields().iter().map(|key| field_of(object, key)).collect::<Result<Vec<_>, _>>()?;
                let condition = sort.condition().map(|text| condition(text, schema, object)).transpose()?;
                let scope = UniqueRule { fields, condition, code: String::new() };
                let moved = group.iter().filter(|one| sort.is_touched_by(one));
                let changes = moved.map(|one| moved_in(&scope, one, before.get(&one.change.id))).collect();
                rules.push(TouchedRule { sort, scope, object, changes });
            }
        }
        let touched = Self { rules };
        if tx.dialect() == Dialect::Postgres {
            touched.wait(tx).await?;
        }
        Ok(touched)
    }

    /// One statement that takes all locks in one order for everybody; they are given back at the end of the transaction.
    async fn wait(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut locks = BTreeSet::new();
        for rule in &self.rules {
            let name = format!("{}/{}/{}", tx.store_name(), rule.object.id, rule.sort.key());
            for inside in rule.changes.iter().flat_map(|moved| [&moved.before, &moved.after]).flatten() {
                let bucket = hash(inside.key.iter().map(String::as_str)) % LOCKS;
                locks.insert(hash([name.as_str(), &bucket.to_string()].into_iter()).cast_signed());
            }
        }
        if locks.is_empty() {
            return Ok(());
        }
        let list = locks.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let mut query = Query::select();
        query.expr(Expr::cust_with_values("pg_advisory_xact_lock(one::BIGINT) FROM UNNEST(STRING_TO_ARRAY($1, ',')) AS one", [list]));
        tx.execute(0, &query).await.map(|_| ())
    }

    /// Looks at the written rows; every violation, so that a unit that may lose some items knows all of them.
    pub(super) async fn check(&self, db: &Db, tx: &mut Tx, schema: &Schema) -> Result<(), WriteError> {
        let mut broken = Vec::new();
        for rule in &self.rules {
            match rule.sort {
                Sort::NoOverlap(interval) => super::intervals::check(rule, interval, db, tx, schema, &mut broken).await?,
                Sort::Limit(limit) => super::limits::check(rule, limit, db, tx, schema, &mut broken).await?,
            }
        }
        if broken.is_empty() { Ok(()) } else { Err(WriteError::RulesBroken(broken)) }
    }
}

impl TouchedRule<'_> {
    pub(super) fn broken(&self, id: Uuid, other: Option<Uuid>, params: Vec<(String, String)>) -> RuleBroken {
        let (code, message) = self.sort.told();
        RuleBroken {
            object: self.object.key.clone(),
            id,
            rule: self.sort.key().to_owned(),
            code: code.to_owned(),
            message: message.clone(),
            field: self.sort.place().cloned(),
            other,
            params,
        }
    }

    /// Live rows of everybody: a rule looks with the store's eyes.
    pub(super) fn everybody(&self) -> Scopes {
        Scopes::from([(self.object.key.clone(), RowScope::All)])
    }
}

/// The rows as they are stored, of those changes whose own values do not say all.
async fn before(
    tx: &mut Tx,
    schema: &Schema,
    object: &Object,
    group: &[&Planned<'_>],
    touched: &[Sort<'_>],
) -> Result<HashMap<Uuid, HashMap<String, Value>>, WriteError> {
    let stored_already = group.iter().filter(|one| one.change.op != RowOp::Insert && touched.iter().any(|rule| rule.is_touched_by(one)));
    let wanted: BTreeMap<Uuid, &&Planned<'_>> = stored_already.map(|one| (one.change.id, one)).collect();
    let ids: Vec<Uuid> = wanted.keys().copied().collect();
    let mut found = HashMap::with_capacity(ids.len());
    for row in stored(tx, schema, object, &ids, false).await? {
        if let Some(one) = wanted.get(&row.id)
            && one.change.op.version() != Some(row.version)
        {
            return Err(conflict(one));
        }
        found.insert(row.id, row.values);
    }
    Ok(found)
}

fn moved_in(scope: &UniqueRule<'_>, one: &Planned<'_>, stored: Option<&HashMap<String, Value>>) -> Moved {
    let inside = |values: HashMap<String, Value>| {
        let key = scope.key_of(&scope.values_of(&values)?);
        Some(Inside { key, values })
    };
    let mut after = stored.cloned().unwrap_or_default();
    after.extend(one.change.values.iter().cloned());
    let was_live = !matches!(one.change.op, RowOp::Insert | RowOp::Restore { .. });
    let is_live = !matches!(one.change.op, RowOp::Delete { .. });
    Moved {
        id: one.change.id,
        before: stored.filter(|_| was_live).cloned().and_then(inside),
        after: Some(after).filter(|_| is_live).and_then(inside),
    }
}

/// The condition of a rule or roll-up, which was checked when it was declared.
pub(super) fn condition(text: &str, schema: &Schema, object: &Object) -> Result<Rule, StoreError> {
    let broken = |detail: String| inconsistent(format!("the condition `{text}` of `{}`: {detail}", object.key));
    let bindings = Bindings { schema, object, me: None, today: NaiveDate::default(), now: DateTime::default(), zone: chrono_tz::UTC };
    let syntax = parse(text).map_err(|problem| broken(problem.detail))?;
    check_condition(&syntax, &bindings).map_err(|problems| broken(problems.into_iter().next().map_or_else(String::new, |p| p.detail)))
}

/// The same on every host and in every build (FNV-1a), since two hosts must mean the same lock.
fn hash<'a>(parts: impl Iterator<Item = &'a str>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.flat_map(|part| part.bytes().chain([0xff])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}
