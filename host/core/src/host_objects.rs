//! The objects that Guanxi itself brings, and the fields that every record has. One file a family of objects.

mod customer;
mod customer_trees;
mod files;
mod people;
mod units;
mod work;

use crate::meta::{Computed, Conditions, Field, FieldKind, Label, SelectOption};

/// Longest text of a one-line field that declares nothing else.
pub const DEFAULT_TEXT_MAX: u32 = 255;

/// A host object before it got its ids in a tenant's store.
#[derive(Clone, Debug)]
pub struct HostObject {
    /// Key in API and URLs.
    pub key: &'static str,
    /// Name for people.
    pub label: Label,
    /// Icon of the sprite.
    pub icon: &'static str,
    /// Field that names a record.
    pub title: &'static str,
    /// For a child object its reference to the parent.
    pub parent: Option<&'static str>,
    /// Declared fields, without system fields. Their `id` is 0 until the store gives one.
    pub fields: Vec<Field>,
}

fn system(key: &str, zh: &str, en: &str, kind: FieldKind, read_only: bool, indexed: bool) -> Field {
    Field { indexed, read_only, ..Field::new(key, Label::new(zh, en), kind) }
}

impl HostObject {
    fn new(key: &'static str, label: Label, icon: &'static str, title: &'static str, fields: Vec<Field>) -> Self {
        Self { key, label, icon, title, parent: None, fields }
    }
}

fn reference(target: &str) -> FieldKind {
    FieldKind::Reference { target: target.into() }
}

/// The fields of every record, in the order of the store's columns. `id` is a reference to the record itself.
///
/// `department` follows the owner (a stored copy of the owner's department at assignment); only on `user` people set it.
pub fn system_fields(object: &str) -> Vec<Field> {
    vec![
        system("id", "编号", "Id", reference(object), true, true),
        system("external_id", "外部编号", "External id", FieldKind::Text { max: 255 }, false, true),
        system("owner", "负责人", "Owner", reference("user"), false, true),
        system("department", "部门", "Department", reference("department"), object != "user", true),
        system("version", "版本", "Version", FieldKind::Integer, true, false),
        system("created_at", "创建时间", "Created", FieldKind::DateTime, true, true),
        system("created_by", "创建人", "Created by", reference("user"), true, false),
        system("updated_at", "更新时间", "Updated", FieldKind::DateTime, true, true),
        system("updated_by", "更新人", "Updated by", reference("user"), true, false),
    ]
}

fn field(key: &str, zh: &str, en: &str, kind: FieldKind) -> Field {
    system(key, zh, en, kind, false, false)
}

fn text(key: &str, zh: &str, en: &str) -> Field {
    field(key, zh, en, FieldKind::Text { max: DEFAULT_TEXT_MAX })
}

fn title(key: &str, zh: &str, en: &str) -> Field {
    Field { required: true, indexed: true, ..text(key, zh, en) }
}

fn select(key: &str, zh: &str, en: &str, options: &[(&str, &str, &str)]) -> Field {
    let options = options.iter().map(|(code, zh, en)| SelectOption::new(*code, Label::new(*zh, *en))).collect();
    field(key, zh, en, FieldKind::Select { options })
}

fn tree(key: &str, zh: &str, en: &str, nodes: &[(&str, &str, &str, &str)]) -> Field {
    let node = |(code, parent, zh, en): &(&str, &str, &str, &str)| SelectOption {
        parent: (!parent.is_empty()).then(|| (*parent).to_owned()),
        ..SelectOption::new(*code, Label::new(*zh, *en))
    };
    field(key, zh, en, FieldKind::TreeSelect { options: nodes.iter().map(node).collect() })
}

fn indexed(field: Field) -> Field {
    Field { indexed: true, ..field }
}

/// Set by the host alone.
fn closed(field: Field) -> Field {
    Field { read_only: true, ..field }
}

/// The same fields, all in one part of the form.
fn grouped(zh: &str, en: &str, fields: Vec<Field>) -> Vec<Field> {
    fields.into_iter().map(|field| Field { group: Some(Label::new(zh, en)), ..field }).collect()
}

/// Shown only where a condition over the same record holds.
fn shown_if(condition: &str, field: Field) -> Field {
    Field { conditions: Conditions { show: Some(condition.into()), ..Conditions::default() }, ..field }
}

fn sequence(format: &str, field: Field) -> Field {
    Field { computed: Some(Computed::Sequence { format: format.into() }), ..field }
}

/// The first field of an object that an administrator makes.
pub fn tenant_title_field() -> Field {
    title("name", "名称", "Name")
}

/// Where information comes from: the value list of every field that tells the source of another.
pub fn information_sources() -> Vec<SelectOption> {
    tree("", "", "", customer_trees::SOURCES).options().to_vec()
}

/// The version of [`host_objects`] and of the roles' grants on them. Raised with every change of theirs, so that tenants of an older program
/// are brought up to date when they are next used.
pub const HOST_REVISION: i64 = 3;

/// Everything that Guanxi brings, in menu order.
pub fn host_objects() -> Vec<HostObject> {
    vec![
        customer::customer(),
        customer::contact(),
        work::activity(),
        work::task(),
        work::note(),
        people::user(),
        people::department(),
        units::unit(),
        files::attachment(),
        customer::family_member(),
        customer::customer_analysis(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_agree_with_each_other() {
        let objects = host_objects();
        let has = |key: &str| objects.iter().any(|object| object.key == key);
        for object in &objects {
            let field = |key: &str| object.fields.iter().find(|field| field.key == key);
            assert!(field(object.title).is_some(), "{} has its title", object.key);
            for field in &object.fields {
                assert!(field.target().is_none_or(has), "{}.{}", object.key, field.key);
                assert!(field.kind.target().is_none_or(has), "{}.{}", object.key, field.key);
                assert_eq!(object.fields.iter().filter(|other| other.key == field.key).count(), 1, "{}.{}", object.key, field.key);
                assert!(!field.label.zh.is_empty() && !field.label.en.is_empty());
                let options = field.options();
                for (place, option) in options.iter().enumerate() {
                    let above = option.parent.as_ref().is_none_or(|parent| options[..place].iter().any(|other| other.code == *parent));
                    assert!(above && !options[..place].iter().any(|other| other.code == option.code), "{}: {}", field.key, option.code);
                }
            }
            if let Some(parent) = object.parent {
                let above = field(parent).and_then(Field::target).expect("a child has a reference to its parent");
                let parent = objects.iter().find(|other| other.key == above).expect("the parent is there");
                let back = parent.fields.iter().any(|f| f.kind == FieldKind::Children { target: object.key.into() });
                assert!(back, "{above} lists its {}", object.key);
            }
        }
    }

    #[test]
    fn a_customer_form_asks_for_little() {
        let customer = customer::customer();
        let required: Vec<&str> = customer.fields.iter().filter(|f| f.required).map(|f| f.key.as_str()).collect();
        assert_eq!(required, ["name", "kind"]);
        let options = |key: &str| customer.fields.iter().find(|f| f.key == key).map(|f| f.options().len());
        assert_eq!((options("area"), options("target_type"), options("nature")), (Some(7), Some(4), Some(13)));
    }
}
