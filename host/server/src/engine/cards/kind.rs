//! Which kinds of records stand on the cards of a customer: those of the host, of enabled plugins, and of the tenant itself.
//!
//! A kind that does not work here (its object is gone or hidden, a field it names is missing, the actor may not view it) is left out:
//! a card shows what there is.

use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::expr::{Expr, FieldPath, resolve_path};
use guanxi_core::meta::{FieldKind, Label, Object, Schema};
use guanxi_core::policy::Function;
use guanxi_core::query::{Query, Sort};
use guanxi_sandbox::manifest::{CardDecl, CardMeasure, CardName};
use uuid::Uuid;

use super::rights::is_readable;
use crate::engine::{Ctx, EnabledPlugin, Outcome, read};

/// The object whose records have cards.
pub(super) const CUSTOMER: &str = "customer";
/// The object of a customer's people, and the field of work that names one of them.
const PERSON: &str = "contact";
/// The most people of one customer whose work stands on its cards; of more, the newest.
const MOST_PEOPLE: u32 = 1_000;
/// When a record was made: what a kind without a date is sorted by.
pub(super) const MADE: &str = "created_at";

/// One kind of records as it works for an actor.
#[derive(Clone, Debug)]
pub struct CardKind {
    /// Names it in filters and answers: `note`, `sales.won`, `x_order`.
    pub key: String,
    /// The object of its records.
    pub object: Arc<Object>,
    /// What one of them is called.
    pub label: Label,
    /// Icon of the sprite.
    pub icon: String,
    /// The plugin that brought it: id and name.
    pub plugin: Option<(String, Label)>,
    /// What its amounts are in the summary.
    pub measure: Option<CardMeasure>,
    /// What names a row.
    pub(super) title: FieldPath,
    /// By what it is sorted where that has a value; otherwise by when the record was made.
    pub(super) date: Option<FieldPath>,
    /// The money of a row.
    pub(super) amount: Option<FieldPath>,
    /// The state of a row.
    pub(super) status: Option<FieldPath>,
    /// Whose it is, with the name.
    pub(super) person: Option<(FieldPath, FieldPath)>,
    /// What else a row shows.
    pub(super) details: Vec<FieldPath>,
    /// CEL: which records of the object are of this kind and belong to the customer.
    pub(super) filter: String,
    /// Those that belong to it because they are about its people.
    about_people: Option<Expr>,
}

impl CardKind {
    /// Digits of its money after the point; `None` where its rows have no amounts.
    pub fn scale(&self) -> Option<u8> {
        self.amount.as_ref().and_then(|amount| amount.kind.scale())
    }

    /// Which records of the object are of this kind.
    pub(super) fn records(&self, ctx: &Ctx) -> Outcome<Expr> {
        let own = read::filter(ctx, &self.object, &self.filter)?;
        Ok(Expr::Or(own.into_iter().chain(self.about_people.clone()).collect()))
    }
}

/// What a kind is made from, whoever declares it.
struct Declared<'a> {
    key: String,
    plugin: Option<&'a EnabledPlugin>,
    decl: &'a CardDecl,
}

/// The kinds of a card for one customer, host first, then plugins in their order, then the tenant's own.
pub(super) async fn kinds(ctx: &Ctx, card: CardName, customer: Uuid) -> Outcome<Vec<CardKind>> {
    let mut found = Vec::new();
    if card == CardName::Contacts {
        found = work(ctx, CUSTOMER, customer).await?;
    }
    let of_plugins = ctx.snapshot.plugins.iter().flat_map(|plugin| {
        let decls = plugin.manifest.cards.iter();
        decls.map(move |decl| Declared { key: format!("{}.{}", plugin.manifest.id, decl.key), plugin: Some(&**plugin), decl })
    });
    let own = ctx.snapshot.cards.iter().map(|decl| Declared { key: own_key(decl), plugin: None, decl });
    let declared = of_plugins.chain(own).filter(|declared| declared.decl.card == card);
    found.extend(declared.filter_map(|declared| of_declaration(ctx, &declared, customer)));
    Ok(found)
}

/// The kinds of work about any record: what its time line shows beside its changes.
pub(super) async fn work(ctx: &Ctx, object: &str, id: Uuid) -> Outcome<Vec<CardKind>> {
    let people = if object == CUSTOMER { people(ctx, id).await? } else { Vec::new() };
    let belongs = |host: &HostKind| belongs_to(host.customer && object == CUSTOMER, object, id);
    Ok(HOST.iter().filter_map(|host| of_host(ctx, host, &belongs(host), &people)).collect())
}

/// The people of a customer whom the actor may view, the newest first, if the actor may know whose they are.
async fn people(ctx: &Ctx, customer: Uuid) -> Outcome<Vec<Uuid>> {
    let Some(object) = visible(ctx, PERSON) else { return Ok(Vec::new()) };
    let filter = format!("customer == \"{customer}\"");
    if may_ask(ctx, &object, &filter).is_none() {
        return Ok(Vec::new());
    }
    let schema = &ctx.snapshot.schema;
    let made = resolve_path(MADE, schema, &object)?;
    let query = Query {
        object: object.key.clone(),
        filter: read::filter(ctx, &object, &filter)?,
        fields: Vec::new(),
        sort: vec![Sort { path: made, descending: true }],
        limit: MOST_PEOPLE,
        after: None,
        scopes: read::scopes(&ctx.actor, schema),
    };
    Ok(read::find(ctx, &query).await?.rows.into_iter().map(|row| row.id).collect())
}

/// Records about somebody of these people, by whatever the actor may ask; `None` where there is nothing to ask by.
fn about_people(ctx: &Ctx, object: &Object, people: &[Uuid]) -> Option<Expr> {
    if people.is_empty() {
        return None;
    }
    let one = |key: &str, value: &dyn Fn(Uuid) -> Value| {
        let path = resolve_path(key, &ctx.snapshot.schema, object).ok().filter(|path| is_readable(ctx, path))?;
        Some(Expr::In(Box::new(Expr::Field(path)), people.iter().map(|id| value(*id)).collect()))
    };
    let about = one("about", &|id| Value::AnyRef { object: PERSON.to_owned(), id });
    let with = one(PERSON, &Value::Ref);
    let ways: Vec<Expr> = about.into_iter().chain(with).collect();
    (!ways.is_empty()).then_some(Expr::Or(ways))
}

/// The name of a tenant's own kind: the object's, and the kind's behind it where it has another one.
pub(super) fn own_key(decl: &CardDecl) -> String {
    if decl.key == decl.object { decl.object.clone() } else { format!("{}.{}", decl.object, decl.key) }
}

/// A kind of the host's own objects.
struct HostKind {
    object: &'static str,
    date: Option<&'static str>,
    status: Option<&'static str>,
    details: &'static [&'static str],
    /// Has a reference to the customer beside what it is about.
    customer: bool,
    /// What is about somebody of a customer's people is about the customer.
    people: bool,
}

const HOST: [HostKind; 4] = [
    HostKind {
        object: "activity",
        date: Some("starts_at"),
        status: Some("kind"),
        details: &["touch_point", "channel", "outcome", "duration"],
        customer: true,
        people: true,
    },
    HostKind { object: "task", date: None, status: Some("status"), details: &["due_at"], customer: true, people: true },
    HostKind { object: "note", date: None, status: None, details: &[], customer: false, people: true },
    HostKind { object: "attachment", date: None, status: None, details: &["size"], customer: false, people: false },
];

fn belongs_to(has_customer: bool, object: &str, id: Uuid) -> String {
    let about = format!("about == \"{object}/{id}\"");
    if has_customer { format!("customer == \"{id}\" || {about}") } else { about }
}

fn of_host(ctx: &Ctx, host: &HostKind, filter: &str, people: &[Uuid]) -> Option<CardKind> {
    let object = visible(ctx, host.object)?;
    let schema = &ctx.snapshot.schema;
    let field = |key: &str| resolve_path(key, schema, &object).ok();
    may_ask(ctx, &object, filter)?;
    Some(CardKind {
        key: host.object.to_owned(),
        label: object.label.clone(),
        icon: object.icon.clone(),
        plugin: None,
        measure: None,
        title: read::title_path(schema, &object).ok()?,
        date: host.date.and_then(field).filter(|path| is_readable(ctx, path)),
        amount: None,
        status: host.status.and_then(field),
        person: person(ctx, &object, "owner"),
        details: host.details.iter().filter_map(|key| field(key)).collect(),
        filter: filter.to_owned(),
        about_people: about_people(ctx, &object, people).filter(|_| host.people),
        object: object.clone(),
    })
}

fn of_declaration(ctx: &Ctx, declared: &Declared<'_>, customer: Uuid) -> Option<CardKind> {
    let decl = declared.decl;
    let object = visible(ctx, &decl.object)?;
    let parts = Parts::resolve(&ctx.snapshot.schema, &object, decl).ok()?;
    let filter = match &decl.condition {
        Some(condition) => format!("{} == \"{customer}\" && ({condition})", decl.through),
        None => format!("{} == \"{customer}\"", decl.through),
    };
    may_ask(ctx, &object, &filter)?;
    let label = Label::from(&decl.label);
    Some(CardKind {
        key: declared.key.clone(),
        label: if decl.label.is_empty() { object.label.clone() } else { label },
        icon: decl.icon.clone().unwrap_or_else(|| object.icon.clone()),
        plugin: declared.plugin.map(|plugin| (plugin.manifest.id.clone(), Label::from(&plugin.manifest.name))),
        measure: decl.measure,
        title: parts.title,
        date: parts.date.filter(|path| is_readable(ctx, path)),
        amount: parts.amount,
        status: parts.status,
        person: person(ctx, &object, decl.person.as_deref().unwrap_or("owner")),
        details: Vec::new(),
        filter,
        about_people: None,
        object,
    })
}

/// Whether the actor may ask by all fields of a condition: whoever may not know to whom a record belongs does not learn it here.
fn may_ask(ctx: &Ctx, object: &Object, filter: &str) -> Option<()> {
    let condition = read::filter(ctx, object, filter).ok()?;
    read::plain(ctx, condition.as_ref(), []).ok()
}

/// An object that the actor may view.
fn visible(ctx: &Ctx, key: &str) -> Option<Arc<Object>> {
    read::object(ctx, key).ok().filter(|object| ctx.may(&object.key, Function::View))
}

/// A reference to a user and the way to the name.
fn person(ctx: &Ctx, object: &Object, key: &str) -> Option<(FieldPath, FieldPath)> {
    let schema = &ctx.snapshot.schema;
    let path = resolve_path(key, schema, object).ok()?;
    let name = resolve_path(&format!("{key}.name"), schema, object).ok()?;
    Some((path, name))
}

/// The fields that a declaration names.
pub(super) struct Parts {
    pub(super) title: FieldPath,
    pub(super) date: Option<FieldPath>,
    pub(super) amount: Option<FieldPath>,
    pub(super) status: Option<FieldPath>,
}

impl Parts {
    /// All of them, or the parts of the declaration that do not fit, each with what it wants.
    pub(super) fn resolve(schema: &Schema, object: &Object, decl: &CardDecl) -> Result<Self, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        let through = resolve_path(&decl.through, schema, object);
        if !matches!(&through, Ok(path) if path.kind == (FieldKind::Reference { target: CUSTOMER.into() })) {
            wrong.push(("through", format!("`{}` is no reference to `{CUSTOMER}`", decl.through)));
        }
        let mut one = |name: &'static str, field: Option<&String>, fits: fn(&FieldKind) -> bool, wanted: &str| {
            let field = field?;
            match resolve_path(field, schema, object) {
                Ok(path) if path.hops.is_empty() && fits(&path.kind) => Some(path),
                _ => {
                    wrong.push((name, format!("`{field}` is no {wanted} field of `{}`", object.key)));
                    None
                }
            }
        };
        let date = one("date", decl.date.as_ref(), |kind| matches!(kind, FieldKind::Date | FieldKind::DateTime), "date");
        let amount = one("amount", decl.amount.as_ref(), |kind| matches!(kind, FieldKind::Money { .. }), "money");
        let status = one("status", decl.status.as_ref(), |kind| matches!(kind, FieldKind::Select { .. }), "select");
        one("person", decl.person.as_ref(), |kind| *kind == (FieldKind::Reference { target: "user".into() }), "user");
        let plain = |kind: &FieldKind| !matches!(kind, FieldKind::LongText | FieldKind::Json) && !kind.is_list();
        let title = one("title", decl.title.as_ref(), plain, "one-line");
        let title = title.and_then(|path| naming(schema, path).ok()).or_else(|| read::title_path(schema, object).ok());
        match title {
            Some(title) if wrong.is_empty() => Ok(Self { title, date, amount, status }),
            _ => Err(wrong),
        }
    }
}

/// The path by which a field names a record: of a reference the title of what it leads to.
fn naming(schema: &Schema, path: FieldPath) -> Result<FieldPath, guanxi_core::Problem> {
    let FieldKind::Reference { target } = &path.kind else { return Ok(path) };
    let target = schema.object(target);
    match target.and_then(|target| read::title_path(schema, target).ok().map(|title| (target, title))) {
        Some((_, title)) => {
            let object = schema.object(&path.object).ok_or_else(|| guanxi_core::Problem::error("field.unknown", "an object is gone"))?;
            resolve_path(&format!("{}.{}", path.text(), title.text()), schema, object)
        }
        None => Ok(path),
    }
}

/// A date that a stream is sorted by, as an instant: days begin at midnight in the tenant's zone.
pub(super) fn instant(ctx: &Ctx, value: &Value) -> Option<chrono::DateTime<chrono::Utc>> {
    match value {
        Value::Instant(at) => Some(*at),
        Value::Date(day) => Some(super::period::midnight(*day, ctx.tenant.zone)),
        _ => None,
    }
}
