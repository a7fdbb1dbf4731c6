//! A tenant with an object of every type, records with nulls, ties and Chinese names, and an oracle in plain Rust.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use guanxi_core::expr::{Bindings, Expr, FieldPath, Hop, check_condition, check_number, parse};
use guanxi_core::host_objects::host_objects;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, Rules, Schema, SelectOption, UniqueConstraint};
use guanxi_core::policy::RowScope;
use guanxi_core::query::Scopes;
use guanxi_core::text::{normal_key, sort_key};
use guanxi_core::{Decimal, Value};
use guanxi_store::{MetaChange, NewTenant, Record, RowChange, RowOp, Stores, TenantStore, WriteError, WriteUnit};
use uuid::Uuid;

pub(crate) const PLUGIN: &str = "parts";

pub(crate) struct World {
    pub(crate) store: Arc<TenantStore>,
    pub(crate) schema: Schema,
}

pub(crate) fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 123_456_000).unwrap()
}

pub(crate) fn field(key: &str, kind: FieldKind) -> Field {
    Field { origin: Origin::Plugin(PLUGIN.into()), ..Field::new(key, Label::new(format!("字段{key}"), key), kind) }
}

fn select(key: &str, codes: &[&str]) -> Field {
    let options = codes.iter().map(|c| SelectOption::new(*c, Label::new(*c, *c))).collect();
    field(key, FieldKind::Select { options })
}

/// An object with a field of every type.
pub(crate) fn gadget() -> Object {
    Object {
        id: 0,
        key: "gadget".into(),
        label: Label::new("器件", "Gadget"),
        icon: "box".into(),
        origin: Origin::Plugin(PLUGIN.into()),
        title: "name".into(),
        tracked: Some("stage".into()),
        uniques: vec![UniqueConstraint {
            id: 0,
            fields: vec!["customer".into()],
            condition: Some("done == true && stage != \"a\"".into()),
            code: "pa.gadget.two_done".into(),
        }],
        rules: Rules::default(),
        parent: None,
        fields: vec![
            Field { required: true, indexed: true, ..field("name", FieldKind::Text { max: 100 }) },
            Field { unique: true, indexed: true, ..field("code", FieldKind::Text { max: 40 }) },
            Field { indexed: true, ..field("amount", FieldKind::Money { scale: 0 }) },
            field("rate", FieldKind::Percent),
            Field { indexed: true, ..field("qty", FieldKind::Integer) },
            field("price", FieldKind::Decimal { scale: 4 }),
            Field { indexed: true, ..select("stage", &["a", "b", "c"]) },
            field("done", FieldKind::Bool),
            Field { indexed: true, ..field("due", FieldKind::Date) },
            field("seen", FieldKind::DateTime),
            Field { indexed: true, ..field("customer", FieldKind::Reference { target: "customer".into() }) },
            field("phone", FieldKind::Phone),
            field("email", FieldKind::Email),
            field("notes", FieldKind::LongText),
        ],
        read_only: false,
        hidden: false,
    }
}

pub(crate) fn host_changes() -> Vec<MetaChange> {
    let object = |host: guanxi_core::host_objects::HostObject| Object {
        id: 0,
        key: host.key.into(),
        label: host.label,
        icon: host.icon.into(),
        origin: Origin::Host,
        title: host.title.into(),
        tracked: None,
        uniques: vec![],
        rules: Rules::default(),
        parent: None,
        fields: host.fields,
        read_only: false,
        hidden: false,
    };
    host_objects().into_iter().map(|h| MetaChange::CreateObject(Box::new(object(h)))).collect()
}

pub(crate) async fn empty_store(stores: &Stores) -> Arc<TenantStore> {
    let (key, name) = ("demo".into(), "示例公司 Demo".to_owned());
    let new = NewTenant { key, name, zone: chrono_tz::Asia::Shanghai, currency: "CNY".into(), currency_digits: 2 };
    stores.create_tenant(&new, at(0)).await.unwrap().finish().await.unwrap()
}

pub(crate) async fn load(store: &TenantStore) -> Schema {
    store.load_schema(&[PLUGIN.to_owned()]).await.unwrap()
}

impl World {
    /// The objects, without records.
    pub(crate) async fn empty(stores: &Stores) -> Self {
        let store = empty_store(stores).await;
        let mut changes = host_changes();
        changes.push(MetaChange::CreateObject(Box::new(gadget())));
        let start = store.revisions().await.unwrap().meta;
        assert_eq!(store.apply_metadata(start, changes, at(0)).await.unwrap(), start + 1);
        let schema = load(&store).await;
        Self { store, schema }
    }

    /// With three customers and 60 gadgets.
    pub(crate) async fn filled(stores: &Stores) -> Self {
        let world = Self::empty(stores).await;
        let mut changes: Vec<RowChange> = (1..=4u128)
            .map(|n| {
                let name = ["华夏贸易", "acme", "北京中关村", "消失公司"][n as usize - 1];
                insert(
                    "customer",
                    id(n),
                    vec![("name", name.into()), ("owner", Value::Ref(id(900 + n % 2))), ("kind", "organization".into())],
                )
            })
            .collect();
        changes.extend((0..60u128).map(sample));
        world.write(changes).await.unwrap();
        let gone = RowChange { op: RowOp::Delete { version: 1 }, values: vec![], ..insert("customer", id(4), vec![]) };
        world.write(vec![gone]).await.unwrap();
        world
    }

    pub(crate) async fn write(&self, changes: Vec<RowChange>) -> Result<(), WriteError> {
        self.store.write(&self.schema, &unit(changes)).await
    }

    pub(crate) fn object(&self, key: &str) -> Arc<Object> {
        self.schema.object(key).unwrap().clone()
    }

    pub(crate) fn filter(&self, object: &str, text: &str) -> Expr {
        let object = self.object(object);
        let bindings = Bindings {
            schema: &self.schema,
            object: &object,
            me: Some(id(901)),
            today: NaiveDate::from_ymd_opt(2026, 9, 21).unwrap(),
            now: at(0),
            zone: chrono_tz::Asia::Shanghai,
        };
        check_condition(&parse(text).unwrap_or_else(|p| panic!("{text}: {p:?}")), &bindings).unwrap_or_else(|p| panic!("{text}: {p:?}"))
    }

    pub(crate) fn number(&self, object: &str, text: &str) -> Expr {
        let object = self.object(object);
        let bindings = Bindings {
            schema: &self.schema,
            object: &object,
            me: None,
            today: NaiveDate::from_ymd_opt(2026, 9, 21).unwrap(),
            now: at(0),
            zone: chrono_tz::Asia::Shanghai,
        };
        check_number(&parse(text).unwrap(), &bindings).unwrap_or_else(|p| panic!("{text}: {p:?}")).0
    }

    /// `customer.owner` from an object on.
    pub(crate) fn path(&self, object: &str, text: &str) -> FieldPath {
        let mut owner = self.object(object);
        let mut hops = Vec::new();
        let (before, last) = text.rsplit_once('.').map_or(("", text), |parts| parts);
        for key in before.split('.').filter(|k| !k.is_empty()) {
            let target = owner.field(key).unwrap().target().unwrap().to_owned();
            hops.push(Hop { object: owner.key.clone(), field: key.into(), target: target.clone() });
            owner = self.object(&target);
        }
        FieldPath { hops, object: owner.key.clone(), field: last.into(), kind: owner.field(last).unwrap().kind.clone() }
    }

    /// All live records of an object, by id.
    pub(crate) async fn all(&self, object: &str) -> HashMap<Uuid, Record> {
        let ids: Vec<Uuid> = (0..1000).map(id).collect();
        let records = self.store.load_records(&self.schema, object, &ids).await.unwrap();
        records.into_iter().filter(|r| !r.deleted).map(|r| (r.id, r)).collect()
    }
}

/// What a path reads in the oracle; references to deleted records lead nowhere.
pub(crate) fn read(all: &HashMap<&str, HashMap<Uuid, Record>>, record: &Record, path: &FieldPath) -> Value {
    let mut record = record;
    for hop in &path.hops {
        let next = record.value(&hop.field).as_ref_id().and_then(|id| all.get(hop.target.as_str())?.get(&id));
        match next {
            Some(next) => record = next,
            None => return Value::Null,
        }
    }
    record.value(&path.field).clone()
}

pub(crate) fn everything() -> Scopes {
    ["gadget", "customer", "user", "department", "contact"].into_iter().map(|key| (key.to_owned(), RowScope::All)).collect()
}

pub(crate) fn unit(changes: Vec<RowChange>) -> WriteUnit {
    WriteUnit {
        changes,
        actor: Some(id(901)),
        actor_name: "王芳".into(),
        via: "api".into(),
        now: at(0),
        access_rev: None,
        ..WriteUnit::default()
    }
}

pub(crate) fn insert(object: &str, id: Uuid, values: Vec<(&str, Value)>) -> RowChange {
    let values = values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    RowChange { object: object.into(), id, op: RowOp::Insert, values, old: vec![] }
}

pub(crate) fn update(object: &str, id: Uuid, version: i64, values: Vec<(&str, Value, Value)>) -> RowChange {
    let old = values.iter().map(|(key, old, _)| ((*key).to_owned(), old.clone())).collect();
    let values = values.into_iter().map(|(key, _, new)| (key.to_owned(), new)).collect();
    RowChange { object: object.into(), id, op: RowOp::Update { version }, values, old }
}

/// The n-th gadget: every field is null now and then, many values repeat.
fn sample(n: u128) -> RowChange {
    let names = ["张三", "章三", "Zhang San", "zhang san", "李四", "élan", "Elan", "王五", "_x", "%", "北京", "ａｂｃ", "ABC", "O'Neil"];
    let some = |every: u128, value: Value| if n.is_multiple_of(every) { Value::Null } else { value };
    let number = n as i64;
    let day = NaiveDate::from_ymd_opt(2025, 11, 3).unwrap() + TimeDelta::days(number * 13 % 400);
    let values = vec![
        ("name", names[n as usize % names.len()].into()),
        ("code", some(2, Value::from(format!("C-{n}")))),
        ("amount", some(5, Value::Decimal(Decimal::new(number * number * 12_345 % 700_001 - 50_000, 2)))),
        ("rate", some(4, Value::Decimal(Decimal::new(number * 777 % 10_001, 2)))),
        ("qty", some(7, Value::Int(number % 9 - 3))),
        ("price", some(6, Value::Decimal(Decimal::new(number * 33_333 % 1_000_003, 4)))),
        ("stage", some(8, Value::from(["a", "b", "c"][n as usize % 3]))),
        ("done", some(3, Value::Bool(n.is_multiple_of(29)))),
        ("due", some(9, Value::Date(day))),
        ("seen", some(10, Value::Instant(at(number * 86_400 * 3 - 7_777)))),
        ("customer", some(11, Value::Ref(id(1 + n % 5)))),
        ("phone", some(3, Value::from(format!("+86 10-{}", n % 13)))),
        ("email", some(2, Value::from(format!("User{}@Example.com", n % 6)))),
        ("notes", some(2, Value::from(format!("行{n}\n第二行")))),
        ("owner", some(13, Value::Ref(id(900 + n % 3)))),
        ("department", some(12, Value::Ref(id(800 + n % 4)))),
        ("external_id", some(2, Value::from(format!("ext {n}")))),
    ];
    insert("gadget", id(100 + n), values)
}

/// The order of lists: nulls are the caller's business.
pub(crate) fn compare(kind: &FieldKind, left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) if kind.has_sort_key() => sort_key(a).cmp(&sort_key(b)),
        (Value::Text(a), Value::Text(b)) if kind.has_normal_key() => normal_key(kind, a).cmp(&normal_key(kind, b)),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Ref(a), Value::Ref(b)) => a.cmp(b),
        other => panic!("{other:?}"),
    }
}
