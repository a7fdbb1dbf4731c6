//! Random aggregates with joins, buckets, periods, filters and scopes: both databases agree with a naive computation over all records.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use guanxi_core::decimal::divide_rounded;
use guanxi_core::expr::{
    Bindings, Expr, FieldPath, check_condition, check_number, evaluate_condition, evaluate_number, parse, paths_of, plan_number,
    resolve_path,
};
use guanxi_core::meta::{Field, FieldKind, Label, Object};
use guanxi_core::policy::{Reach, RowScope};
use guanxi_core::query::{Aggregate, AggregateFn, Cell, Grain, Group, GroupKey, Join, Measure, MeasureFn, Parts, Related, bucket_key};
use guanxi_core::{Decimal, Value};
use guanxi_store::{Record, StoreError, Stores};
use uuid::Uuid;

use crate::support::on_both_databases;
use crate::world::{World, at, everything, id, insert, read};

type All = HashMap<&'static str, HashMap<Uuid, Record>>;

/// A small generator, so that a case is told by its number.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

const ZONES: [Tz; 5] =
    [chrono_tz::Asia::Shanghai, chrono_tz::Europe::Berlin, chrono_tz::Asia::Beirut, chrono_tz::America::St_Johns, chrono_tz::UTC];
const GRAINS: [Grain; 5] = [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];

/// What can be asked of a gadget, behind a prefix.
const KEYS: [&str; 9] = ["stage", "done", "customer", "customer.name", "amount", "qty", "due", "seen", "created_at"];
const NUMBERS: [&str; 8] =
    ["amount", "qty", "rate", "price", "{}amount * {}rate / 100", "{}amount / 3", "-{}amount + {}qty", "{}qty * {}qty"];
const FILTERS: [&str; 6] = [
    "{}qty != 2",
    "{}stage in [\"a\", \"b\"]",
    "{}amount > 100 || {}done == true",
    "{}due == null",
    "{}name.startsWith(\"z\")",
    "{}customer.name != null",
];

struct Case<'w> {
    world: &'w World,
    /// The object with a reference for each join.
    object: Object,
    joins: Vec<Join>,
    /// What leads to the gadgets.
    prefix: &'static str,
    scopes: HashMap<String, RowScope>,
    /// The gadgets and customers of one owner alone.
    limited: bool,
}

impl<'w> Case<'w> {
    fn new(world: &'w World, dice: &mut Dice) -> Self {
        let main = dice.one_of(&["gadget", "gadget", "customer", "customer", "user"]);
        let (limited, mut scopes) = (dice.often(30), everything());
        if limited {
            for key in ["gadget", "customer"] {
                let reach = Reach { owner: Some(id(901)), ..Reach::default() };
                scopes.insert(key.into(), RowScope::Limited(Box::new(reach)));
            }
        }
        let prefix = if main == "gadget" { "" } else { "g." };
        let mut case = Self { world, object: world.object(main).as_ref().clone(), joins: Vec::new(), prefix, scopes, limited };
        let filter = dice.often(30).then(|| case.condition("gadget", "qty > 0"));
        match main {
            "customer" => case.join("g", "gadget", "customer", None, dice.often(50), filter),
            "user" => {
                case.join("c", "customer", "owner", None, dice.often(50), None);
                case.join("g", "gadget", "customer", Some("c"), dice.often(50), filter);
            }
            _ => {}
        }
        if main == "customer" && dice.often(15) {
            case.join("p", "contact", "customer", None, dice.often(50), None);
        }
        case
    }

    fn join(&mut self, name: &str, object: &str, via: &str, of: Option<&str>, required: bool, filter: Option<Expr>) {
        self.object.fields.push(Field::new(name, Label::default(), FieldKind::Reference { target: object.into() }));
        let of = of.map(str::to_owned);
        self.joins.push(Join { name: name.into(), object: object.into(), via: via.into(), of, required, filter });
    }

    fn condition(&self, object: &str, text: &str) -> Expr {
        self.world.filter(object, text)
    }

    fn bindings(&self) -> Bindings<'_> {
        let today = NaiveDate::from_ymd_opt(2026, 9, 21).unwrap();
        Bindings { schema: &self.world.schema, object: &self.object, me: Some(id(901)), today, now: at(0), zone: chrono_tz::Asia::Shanghai }
    }

    fn filter(&self, dice: &mut Dice) -> Expr {
        let text = dice.one_of(&FILTERS).replace("{}", self.prefix);
        check_condition(&parse(&text).unwrap(), &self.bindings()).unwrap_or_else(|p| panic!("{text}: {p:?}"))
    }

    fn path(&self, text: &str) -> FieldPath {
        resolve_path(text, &self.world.schema, &self.object).unwrap_or_else(|p| panic!("{text}: {p:?}"))
    }

    fn key(&self, dice: &mut Dice) -> GroupKey {
        let own = self.object.key != "gadget" && dice.often(25);
        let text = if own { "name".to_owned() } else { format!("{}{}", self.prefix, dice.one_of(&KEYS)) };
        let path = self.path(&text);
        let number = |units: i64| Decimal::new(units, path.kind.scale().unwrap_or(0));
        let parts = match path.kind {
            FieldKind::Date | FieldKind::DateTime => {
                Parts::Periods { grain: dice.one_of(&GRAINS), first_month: dice.one_of(&[1, 1, 4, 7]) }
            }
            FieldKind::Money { .. } if dice.often(50) => Parts::Edges([-10_000, 0, 5_000, 200_000].map(number).to_vec()),
            FieldKind::Money { .. } => Parts::Steps { from: number(150), width: number(50_000) },
            FieldKind::Integer if dice.often(60) => Parts::Steps { from: number(1), width: number(3) },
            _ => Parts::Values,
        };
        GroupKey { path, parts }
    }

    fn measure(&self, dice: &mut Dice) -> Measure {
        let function =
            AggregateFn::parse(dice.one_of(&["count", "count", "count_distinct", "sum", "sum", "avg", "min", "max", "median"])).unwrap();
        let field = |text: &str| Some(Expr::Field(self.path(text)));
        let operand = match function {
            AggregateFn::Plain(MeasureFn::Count) if dice.often(40) => None,
            function if function.counts() => {
                field(&format!("{}{}", self.prefix, dice.one_of(&["stage", "customer", "id", "amount", "seen"])))
            }
            AggregateFn::Plain(MeasureFn::Min | MeasureFn::Max) if dice.often(30) => field(&format!("{}due", self.prefix)),
            _ if self.object.key != "gadget" && dice.often(40) => field("version"),
            _ => {
                let text = dice.one_of(&NUMBERS);
                let text = if text.contains("{}") { text.replace("{}", self.prefix) } else { format!("{}{text}", self.prefix) };
                Some(check_number(&parse(&text).unwrap(), &self.bindings()).unwrap().0)
            }
        };
        Measure { function, operand, filter: dice.often(25).then(|| self.filter(dice)) }
    }

    fn aggregate(&self, dice: &mut Dice) -> Aggregate {
        let keys = dice.below(4);
        let related = |dice: &mut Dice| {
            let filter =
                dice.often(50).then(|| self.condition("gadget", dice.one_of(&["qty > 1", "stage == \"c\"", "customer.name == \"acme\""])));
            Related { object: "gadget".into(), via: "customer".into(), filter, none: dice.often(50) }
        };
        let exists = if self.object.key == "customer" && dice.often(30) { vec![related(dice)] } else { Vec::new() };
        let group_by: Vec<GroupKey> = (0..keys).map(|_| self.key(dice)).collect();
        Aggregate {
            object: self.object.key.clone(),
            joins: self.joins.clone(),
            filter: dice.often(40).then(|| self.filter(dice)),
            exists,
            level: dice.often(20).then(|| (0..keys).filter(|_| dice.often(50)).collect()),
            group_by,
            measures: (0..1 + dice.below(4)).map(|_| self.measure(dice)).collect(),
            scopes: self.scopes.clone(),
            limit: 10_000,
            ..Aggregate::default()
        }
    }
}

/// One combination of records: the object's own first, then one for each join or none.
type Row<'a> = Vec<Option<&'a Record>>;

struct Oracle<'a> {
    case: &'a Case<'a>,
    all: &'a All,
    zone: Tz,
}

impl<'a> Oracle<'a> {
    fn seen(&self, object: &str) -> Vec<&'a Record> {
        let seen = |record: &&Record| {
            let limited = self.case.limited && matches!(object, "gadget" | "customer");
            !limited || *record.value("owner") == Value::Ref(id(901))
        };
        self.all[object].values().filter(seen).collect()
    }

    /// What the actor sees, also behind references.
    fn visible(&self) -> All {
        let keys: Vec<&'static str> = self.all.keys().copied().collect();
        keys.into_iter().map(|key| (key, self.seen(key).into_iter().map(|r| (r.id, r.clone())).collect())).collect()
    }

    fn rows(&self, asked: &Aggregate, visible: &All) -> Vec<Row<'a>> {
        let mut rows: Vec<Row<'a>> = self.seen(&asked.object).into_iter().map(|record| vec![Some(record)]).collect();
        for join in &asked.joins {
            let place = join.of.as_ref().map_or(0, |name| 1 + asked.joins.iter().position(|j| j.name == *name).unwrap());
            let candidates: Vec<&Record> = self.seen(&join.object);
            let candidates: Vec<&Record> = candidates
                .into_iter()
                .filter(|record| join.filter.as_ref().is_none_or(|f| evaluate_condition(f, &|path| read(visible, record, path))))
                .collect();
            let mut next = Vec::new();
            for row in rows {
                let found: Vec<&Record> = candidates
                    .iter()
                    .copied()
                    .filter(|record| row[place].is_some_and(|target| *record.value(&join.via) == Value::Ref(target.id)))
                    .collect();
                if found.is_empty() && !join.required {
                    next.push([row.as_slice(), &[None]].concat());
                }
                next.extend(found.into_iter().map(|record| [row.as_slice(), &[Some(record)]].concat()));
            }
            rows = next;
        }
        rows
    }

    fn place(&self, path: &FieldPath) -> usize {
        let first = path.hops.first().filter(|hop| hop.object == self.case.object.key);
        first.and_then(|hop| self.case.joins.iter().position(|join| join.name == hop.field)).map_or(0, |at| at + 1)
    }

    fn value(&self, visible: &All, row: &Row<'_>, path: &FieldPath) -> Value {
        let place = self.place(path);
        let Some(record) = row[place] else { return Value::Null };
        let path = if place > 0 { FieldPath { hops: path.hops[1..].to_vec(), ..path.clone() } } else { path.clone() };
        if path.hops.is_empty() && path.field == "id" { Value::Ref(record.id) } else { read(visible, record, &path) }
    }

    fn key(&self, key: &GroupKey, value: Value) -> Value {
        let units = |value: &Value| match value {
            Value::Int(number) => *number,
            Value::Decimal(number) => number.units,
            other => panic!("{other:?}"),
        };
        match (&key.parts, value) {
            (_, Value::Null) => Value::Null,
            (Parts::Values, value) => value,
            (Parts::Periods { grain, first_month }, value) => {
                let day: NaiveDate = match value {
                    Value::Date(day) => day,
                    Value::Instant(at) => at.with_timezone(&self.zone).date_naive(),
                    other => panic!("{other:?}"),
                };
                let mut start = day;
                // Backwards until the calendar says that a period begins.
                let begins = |day: NaiveDate| match grain {
                    Grain::Day => true,
                    Grain::Week => day.weekday() == chrono::Weekday::Mon,
                    Grain::Month => day.day() == 1,
                    Grain::Quarter => day.day() == 1 && (day.month() + 12 - first_month).is_multiple_of(3),
                    Grain::Year => day.day() == 1 && day.month() == *first_month,
                };
                while !begins(start) {
                    start = start.pred_opt().unwrap();
                }
                Value::Date(start)
            }
            (Parts::Edges(edges), value) => {
                let decimal = key.path.kind.is_decimal();
                let from = edges.iter().rev().find(|edge| edge.units <= units(&value)).copied();
                let to = edges.iter().find(|edge| edge.units > units(&value)).copied();
                bucket_key(from, to, decimal)
            }
            (Parts::Steps { from, width }, value) => {
                let mut edge = from.units;
                while edge > units(&value) {
                    edge -= width.units;
                }
                while edge + width.units <= units(&value) {
                    edge += width.units;
                }
                let end = |units| Some(Decimal::new(units, width.scale));
                bucket_key(end(edge), end(edge + width.units), key.path.kind.is_decimal())
            }
        }
    }

    fn groups(&self, asked: &Aggregate) -> BTreeMap<String, Vec<Cell>> {
        let visible = self.visible();
        let level = asked.level.clone().unwrap_or_else(|| (0..asked.group_by.len()).collect());
        let mut groups: BTreeMap<String, Vec<Row<'a>>> = BTreeMap::new();
        for row in self.rows(asked, &visible) {
            let holds = asked.filter.as_ref().is_none_or(|f| evaluate_condition(f, &|path| self.value(&visible, &row, path)));
            let related = asked.exists.iter().all(|related| {
                let there = self.seen(&related.object).into_iter().any(|record| {
                    let names = row[0].is_some_and(|own| *record.value(&related.via) == Value::Ref(own.id));
                    names && related.filter.as_ref().is_none_or(|f| evaluate_condition(f, &|path| read(&visible, record, path)))
                });
                there != related.none
            });
            let key: Vec<Value> = asked.group_by.iter().map(|key| self.key(key, self.value(&visible, &row, &key.path))).collect();
            if holds && related && !asked.except.contains(&key) {
                let key: Vec<&Value> = level.iter().map(|at| &key[*at]).collect();
                groups.entry(format!("{key:?}")).or_default().push(row);
            }
        }
        if level.is_empty() {
            groups.entry("[]".into()).or_default();
        }
        let cells = |rows: Vec<Row<'a>>| asked.measures.iter().map(|measure| self.cell(measure, &rows, &visible)).collect();
        groups.into_iter().map(|(key, rows)| (key, cells(rows))).collect()
    }

    fn cell(&self, measure: &Measure, rows: &[Row<'a>], visible: &All) -> Cell {
        let counted =
            rows.iter().filter(|row| measure.filter.as_ref().is_none_or(|f| evaluate_condition(f, &|path| self.value(visible, row, path))));
        let place = measure.operand.iter().flat_map(paths_of).map(|path| self.place(&path)).max().unwrap_or(0);
        let plan = measure.operand.as_ref().filter(|operand| !matches!(operand, Expr::Field(path) if path.kind.scale().is_none()));
        let plan = plan.map(|operand| plan_number(operand).unwrap());
        // One value for each record that is measured.
        let mut values: BTreeMap<Option<Uuid>, Value> = BTreeMap::new();
        for row in counted {
            let value = match (&measure.operand, &plan) {
                (None, _) => Value::Bool(true),
                (Some(Expr::Field(path)), _) => self.value(visible, row, path),
                (_, Some(plan)) => match evaluate_number(plan, &|path| self.value(visible, row, path)) {
                    Some(number) => Value::Decimal(number),
                    None => Value::Null,
                },
                other => panic!("{other:?}"),
            };
            if !value.is_null() {
                values.insert(row[place].map(|record| record.id), value);
            }
        }
        let count = values.len() as i64;
        let null = Cell::Value(Value::Null);
        match measure.function {
            AggregateFn::Plain(MeasureFn::Count) => return Cell::Count(count),
            AggregateFn::CountDistinct => {
                let mut different: Vec<String> = values.values().map(|value| format!("{value:?}")).collect();
                different.sort();
                different.dedup();
                return Cell::Count(different.len() as i64);
            }
            _ => {}
        }
        let Some(plan) = plan else {
            let mut days: Vec<NaiveDate> = values.values().map(|v| if let Value::Date(day) = v { *day } else { panic!("{v:?}") }).collect();
            days.sort();
            let end = if measure.function == MeasureFn::Min.into() { days.first() } else { days.last() };
            return end.map_or(null, |day| Cell::Value(Value::Date(*day)));
        };
        let whole = plan.operands.iter().all(|path| path.kind == FieldKind::Integer) && plan.scale == 0;
        let mut units: Vec<i128> = values
            .values()
            .map(|value| match value {
                Value::Int(number) => i128::from(*number),
                Value::Decimal(number) => i128::from(number.units),
                other => panic!("{other:?}"),
            })
            .collect();
        units.sort_unstable();
        let (Some(first), Some(last)) = (units.first(), units.last()) else { return null };
        let sum: i128 = units.iter().sum();
        let one = |units: i128| match whole {
            true => Cell::Value(Value::Int(units as i64)),
            false => Cell::Value(Value::Decimal(Decimal::new(units as i64, plan.scale))),
        };
        match measure.function {
            AggregateFn::Plain(MeasureFn::Sum) => Cell::Total { units: sum, scale: plan.scale, integer: whole },
            AggregateFn::Plain(MeasureFn::Avg) => one(divide_rounded(sum, i128::from(count))),
            AggregateFn::Plain(MeasureFn::Min) => one(*first),
            AggregateFn::Plain(MeasureFn::Max) => one(*last),
            AggregateFn::Median => one(divide_rounded(units[(units.len() - 1) / 2] + units[units.len() / 2], 2)),
            other => panic!("{other:?}"),
        }
    }
}

/// Two joins beside each other, and a measure that would count repeats.
fn is_refused(asked: &Aggregate) -> bool {
    asked.joins.len() == 2
        && asked.joins[1].of.is_none()
        && asked.measures.iter().any(|measure| measure.operand.is_some() && !measure.function.ignores_repeats())
}

async fn filled(stores: &Stores) -> (World, All) {
    let world = World::filled(stores).await;
    let person = |n: u128, name: &str| {
        insert("user", id(n), vec![("name", name.into()), ("email", format!("{n}@a.example").into()), ("active", Value::Bool(true))])
    };
    let contact = |n: u128| insert("contact", id(700 + n), vec![("name", "c".into()), ("customer", Value::Ref(id(1 + n % 2)))]);
    let mut changes = vec![person(900, "王芳"), person(901, "李雷"), person(902, "nobody")];
    changes.extend((0..3).map(contact));
    world.write(changes).await.unwrap();
    let mut all = All::new();
    for key in ["gadget", "customer", "user", "contact", "department"] {
        all.insert(key, world.all(key).await);
    }
    (world, all)
}

/// `GUANXI_AGGREGATE_CASES` says how many; 400 unless it does.
#[tokio::test]
async fn random_aggregates_agree_with_plain_rust() {
    let cases: u64 = std::env::var("GUANXI_AGGREGATE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400);
    on_both_databases(async |stores: Stores| {
        let (world, all) = filled(&stores).await;
        let (mut refused, mut grouped, mut joined) = (0, 0, 0);
        for number in 0..cases {
            let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1);
            let case = Case::new(&world, &mut dice);
            let asked = case.aggregate(&mut dice);
            let zone = dice.one_of(&ZONES);
            let oracle = Oracle { case: &case, all: &all, zone };
            let found = world.store.aggregate(&world.schema, &asked, zone).await;
            if is_refused(&asked) {
                assert!(matches!(found, Err(StoreError::FanOut)), "case {number}: {found:?}");
                refused += 1;
                continue;
            }
            let found = found.unwrap_or_else(|error| panic!("case {number}: {error} {asked:?}"));
            check(number, &asked, &found, &oracle);
            grouped += usize::from(found.len() > 1);
            joined += usize::from(!asked.joins.is_empty());
            if asked.level.is_none() && !asked.group_by.is_empty() {
                // What is in none of some groups, computed from the rows.
                let except = found.iter().filter(|_| dice.often(40)).map(|group| group.key.clone()).collect();
                let rest = Aggregate { level: Some(Vec::new()), except, ..asked.clone() };
                let found =
                    world.store.aggregate(&world.schema, &rest, zone).await.unwrap_or_else(|error| panic!("rest of {number}: {error}"));
                check(number, &rest, &found, &oracle);
            }
        }
        println!("{cases} cases: {grouped} with several groups, {joined} with joins, {refused} refused");
        assert!(cases < 100 || (grouped * 3 > cases as usize && refused > 0));
    })
    .await;
}

fn check(number: u64, asked: &Aggregate, found: &[Group], oracle: &Oracle<'_>) {
    let wanted = oracle.groups(asked);
    let got: BTreeMap<String, Vec<Cell>> = found.iter().map(|group| (format!("{:?}", group.key), group.values.clone())).collect();
    assert_eq!(got.len(), found.len(), "case {number}: no group twice");
    assert_eq!(got, wanted, "case {number}: {asked:#?}");
}
