//! The decisions as tables: who reaches what through which roles.

use super::*;
use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::meta::{Label, Origin, Schema};

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn actor(keys: &[&str]) -> Actor {
    let roles = host_roles().into_iter().filter(|r| keys.contains(&r.key.as_str())).map(Arc::new).collect();
    Actor { user: Some(id(1)), departments: vec![id(10)], departments_below: vec![id(10), id(11)], roles, ..Actor::default() }
}

#[test]
fn the_most_permissive_role_wins() {
    let own = RowScope::of(id(1), vec![]);
    let below = RowScope::of(id(1), vec![id(10), id(11)]);
    for (roles, object, function, wanted) in [
        (&["salesperson"][..], "customer", Function::View, Some(own.clone())),
        (&["salesperson"], "user", Function::View, Some(RowScope::All)),
        (&["salesperson"], "user", Function::Edit, None),
        (&["salesperson"], "customer", Function::Import, None),
        (&["salesperson", "manager"], "customer", Function::View, Some(below.clone())),
        (&["manager"], "customer", Function::Delete, Some(below)),
        (&["administrator", "salesperson"], "user", Function::Delete, Some(RowScope::All)),
        (&[], "customer", Function::View, None),
    ] {
        assert_eq!(decide(&actor(roles), object, function), wanted, "{roles:?} {object} {function:?}");
    }
}

#[test]
fn units_are_kept_by_a_special_right() {
    let mut keeper = host_roles().into_iter().find(|r| r.key == "salesperson").expect("a host role");
    keeper.grants.insert("unit".into(), BTreeMap::from([(Function::View, Scope::All), (Function::Edit, Scope::All)]));
    let with = |role: &Role| Actor { user: Some(id(1)), roles: vec![Arc::new(role.clone())], ..Actor::default() };
    let writes = [Function::Create, Function::Edit, Function::Delete, Function::Import];
    assert!(writes.iter().all(|function| decide(&with(&keeper), "unit", *function).is_none()), "a grant is not the special right");
    keeper.special.insert(Special::UomMaintain);
    assert!(writes.iter().all(|function| decide(&with(&keeper), "unit", *function) == Some(RowScope::All)));
    assert!(with(&keeper).has(&Special::UomMaintain) && !with(&keeper).has(&Special::LogView));
    assert!(actor(&["administrator"]).has(&Special::LogView));
    assert_eq!(decide(&actor(&["administrator"]), "unit", Function::Delete), Some(RowScope::All));
    assert_eq!(decide(&actor(&["manager"]), "unit", Function::View), Some(RowScope::All));
    assert!(Special::ALL.iter().all(|special| Special::parse(special.name()).as_ref() == Some(special)));
}

#[test]
fn a_child_object_follows_its_parent() {
    use crate::meta::{Field, FieldKind, Object, Rules};
    let object = |key: &str, parent: Option<&str>| Object {
        id: 1,
        key: key.into(),
        label: Label::default(),
        icon: String::new(),
        origin: Origin::Tenant,
        title: "name".into(),
        tracked: None,
        uniques: Vec::new(),
        rules: Rules::default(),
        parent: parent.map(|_| "parent".into()),
        fields: parent.iter().map(|p| Field::new("parent", Label::default(), FieldKind::Reference { target: (*p).into() })).collect(),
        read_only: false,
        hidden: false,
    };
    let mut orphan = object("orphan", Some("order"));
    orphan.fields.clear();
    let schema = Schema::new(1, vec![object("order", None), object("line", Some("order")), orphan]);
    let editor = |function: Function| Role {
        grants: BTreeMap::from([
            ("order".to_owned(), BTreeMap::from([(Function::View, Scope::All), (function, Scope::Own)])),
            ("line".to_owned(), BTreeMap::new()),
        ]),
        administrator: false,
        ..host_roles().remove(0)
    };
    let own = Some(RowScope::of(id(1), vec![]));
    for (right, function, wanted) in [
        (Function::Edit, Function::View, Some(RowScope::All)),
        (Function::Edit, Function::Edit, own.clone()),
        (Function::Edit, Function::Create, own.clone()),
        (Function::Edit, Function::Delete, own),
        (Function::Delete, Function::Delete, None),
        (Function::Create, Function::Create, None),
        (Function::Edit, Function::Import, None),
    ] {
        let actor = Actor { roles: vec![Arc::new(editor(right))], ..actor(&[]) };
        assert_eq!(decide_in(&schema, &actor, "line", function), wanted, "{right:?} {function:?}");
        assert_eq!(decide_in(&schema, &actor, "line__stages", function), wanted);
        assert_eq!(decide_in(&schema, &actor, "orphan", function), None, "nobody can decide");
        assert_eq!(decide_in(&schema, &actor, "order", function), decide(&actor, "order", function));
    }
}

#[test]
fn the_tree_is_walked_once_even_with_a_cycle() {
    let tree = [(id(1), None), (id(2), Some(id(1))), (id(3), Some(id(2))), (id(4), Some(id(5))), (id(5), Some(id(4)))];
    let sorted = |roots: &[Uuid]| {
        let mut all = departments_below(roots, &tree);
        all.sort();
        all
    };
    assert_eq!(sorted(&[id(1)]), vec![id(1), id(2), id(3)]);
    assert_eq!(sorted(&[id(4)]), vec![id(4), id(5)]);
}

#[test]
fn every_tenant_starts_with_a_template_for_each_kind_of_user() {
    let of = |wanted| host_roles().into_iter().filter(move |role| role.template == Some(wanted)).map(|role| role.key).collect::<Vec<_>>();
    assert_eq!(of(Template::Internal).len(), 6);
    assert_eq!(of(Template::External), ["customer", "prospect", "partner"]);
    assert!(host_roles().iter().all(|role| !role.label.zh.is_empty() && !role.label.en.is_empty() && !role.description.en.is_empty()));
}

#[test]
fn departments_are_walked_upwards_too() {
    let tree = [(id(1), None), (id(2), Some(id(1))), (id(3), Some(id(2))), (id(4), Some(id(5))), (id(5), Some(id(4)))];
    assert_eq!(departments_above(&[id(3)], &tree), [id(3), id(2), id(1)]);
    assert_eq!(departments_above(&[id(4)], &tree), [id(4), id(5)]);
}

fn role(key: &str, rights: &[(Function, Scope)]) -> Role {
    Role { key: key.into(), grants: BTreeMap::from([("customer".to_owned(), rights.iter().copied().collect())]), ..Role::default() }
}

fn with(roles: Vec<Role>) -> Actor {
    Actor { user: Some(id(1)), roles: roles.into_iter().map(Arc::new).collect(), ..Actor::default() }
}

#[test]
fn managers_and_shares_widen_what_is_seen() {
    let sees = role("rep", &[(Function::View, Scope::Own), (Function::Edit, Scope::Own)]);
    let mut actor = Actor { managed: vec![id(10), id(11)], ..with(vec![sees]) };
    assert_eq!(decide(&actor, "customer", Function::View), Some(RowScope::of(id(1), vec![id(10), id(11)])));
    assert_eq!(decide(&actor, "customer", Function::Edit), Some(RowScope::of(id(1), vec![])), "seeing is not changing");
    actor.shared.insert("customer".into(), false);
    let shared = |function| match decide(&actor, "customer", function) {
        Some(RowScope::Limited(reach)) => reach.shared.map(|shared| shared.edit),
        _ => None,
    };
    assert_eq!((shared(Function::View), shared(Function::Edit)), (Some(false), None));
    actor.roles.clear();
    assert_eq!(decide(&actor, "customer", Function::View), None, "a share is no function right");
}

#[test]
fn small_groups_follow_the_role_that_sees_most() {
    let schema = Schema::new(1, Vec::new());
    let analyst = |scope, least| Role { min_group: Some(least), ..role("analyst", &[(Function::Aggregate, scope)]) };
    let rep = role("rep", &[(Function::View, Scope::Own), (Function::Aggregate, Scope::Own)]);
    for (roles, wanted) in [
        (vec![analyst(Scope::All, 5)], 5),
        (vec![analyst(Scope::All, 5), rep.clone()], 5),
        (vec![analyst(Scope::All, 5), analyst(Scope::All, 3)], 3),
        (vec![analyst(Scope::Own, 5), rep.clone()], 1),
        (vec![rep], 1),
        (vec![], 1),
    ] {
        assert_eq!(min_group(&schema, &with(roles.clone()), "customer"), wanted, "{roles:?}");
    }
}

#[test]
fn areas_of_administration_are_never_meant_by_any_object() {
    let everything =
        Role { grants: BTreeMap::from([(ANY_OBJECT.to_owned(), BTreeMap::from([(Function::Edit, Scope::All)]))]), ..Role::default() };
    assert!(!with(vec![everything]).manages("meta", Function::Edit));
    let shaper = Role { grants: BTreeMap::from([("meta".to_owned(), BTreeMap::from([(Function::Edit, Scope::All)]))]), ..Role::default() };
    assert!(with(vec![shaper.clone()]).manages("meta", Function::Edit) && !with(vec![shaper]).manages("role", Function::Edit));
}

mod fields {
    use super::*;
    use crate::expr::Bindings;
    use crate::meta::{Computed, Field, FieldKind, Object, Rules};

    fn object(key: &str, fields: Vec<Field>) -> Object {
        Object {
            id: 1,
            key: key.into(),
            label: Label::default(),
            icon: String::new(),
            origin: Origin::Tenant,
            title: "name".into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: None,
            fields,
            read_only: false,
            hidden: false,
        }
    }

    fn schema() -> Schema {
        let number = |key: &str| Field::new(key, Label::default(), FieldKind::Integer);
        let formula = |key: &str, text: &str| Field { computed: Some(Computed::Formula { expression: text.into() }), ..number(key) };
        let lines = Field::new("lines", Label::default(), FieldKind::Children { target: "line".into() });
        let order =
            object("order", vec![number("amount"), formula("twice", "amount * 2"), formula("more", "twice + 1"), number("other"), lines]);
        let up = Field::new("parent", Label::default(), FieldKind::Reference { target: "order".into() });
        let line = Object { parent: Some("parent".into()), ..object("line", vec![up, number("price")]) };
        Schema::new(1, vec![order, line])
    }

    fn role(rights: &[(Function, Scope)], fields: &[(&str, FieldRight)]) -> Role {
        let fields = fields.iter().map(|(field, right)| ((*field).to_owned(), *right)).collect();
        Role {
            grants: BTreeMap::from([("order".to_owned(), rights.iter().copied().collect())]),
            fields: BTreeMap::from([("order".to_owned(), fields)]),
            ..Role::default()
        }
    }

    fn bound(schema: &Schema, roles: Vec<Role>) -> Actor {
        let mut actor = with(roles);
        let (now, zone) = (chrono::DateTime::UNIX_EPOCH, chrono_tz::Tz::UTC);
        let bound = bind(schema, &actor, |object| Bindings { schema, object, me: actor.user, today: now.date_naive(), now, zone });
        actor.bound = Arc::new(bound);
        actor
    }

    #[test]
    fn reading_and_changing_are_said_by_different_roles() {
        use FieldRight::{Edit, Mask, None, Read};
        let schema = schema();
        let sees = |fields: &[(&str, FieldRight)]| role(&[(Function::View, Scope::All)], fields);
        let edits = |fields: &[(&str, FieldRight)]| role(&[(Function::Edit, Scope::All)], fields);
        for (roles, wanted) in [
            (vec![sees(&[("other", Mask)])], Mask),
            (vec![sees(&[("other", Mask)]), sees(&[("other", None)])], Mask),
            (vec![sees(&[("other", Mask)]), sees(&[])], Read),
            (vec![sees(&[("other", Mask)]), edits(&[])], Mask),
            (vec![sees(&[("other", Read)]), edits(&[])], Edit),
            (vec![sees(&[]), edits(&[("other", Read)])], Read),
            (vec![edits(&[("other", None)])], None),
            (vec![Role { administrator: true, ..Role::default() }, sees(&[("other", None)])], Edit),
        ] {
            assert_eq!(bound(&schema, roles.clone()).field_right("order", "other"), wanted, "{roles:?}");
        }
    }

    #[test]
    fn what_is_computed_follows() {
        let schema = schema();
        let hidden = |more: &[(&str, FieldRight)]| {
            let mut fields = vec![("amount", FieldRight::None)];
            fields.extend(more);
            bound(&schema, vec![role(&[(Function::View, Scope::All)], &fields)])
        };
        let plain = |actor: &Actor, field: &str| actor.field_right("order", field).is_plain();
        let actor = hidden(&[]);
        assert!(!plain(&actor, "amount") && !plain(&actor, "twice") && !plain(&actor, "more") && plain(&actor, "other"));
        let actor = hidden(&[("twice", FieldRight::Read)]);
        assert!(plain(&actor, "twice") && plain(&actor, "more"), "a role may name what is computed");
    }

    #[test]
    fn lines_follow_the_field_that_holds_them() {
        let schema = schema();
        let everything = [(Function::View, Scope::All), (Function::Edit, Scope::All)];
        for (right, sees, edits) in [(FieldRight::None, false, false), (FieldRight::Read, true, false), (FieldRight::Edit, true, true)] {
            let actor = bound(&schema, vec![role(&everything, &[("lines", right)])]);
            assert_eq!(decide_in(&schema, &actor, "line", Function::View).is_some(), sees, "{right:?}");
            assert_eq!(decide_in(&schema, &actor, "line", Function::Delete).is_some(), edits, "{right:?}");
        }
    }
}
