//! Objects and fields made, changed, dropped, restored and adopted.

use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, UniqueConstraint};
use guanxi_core::query::Query;
use guanxi_store::{FieldChange, MAX_FIELDS, MetaChange, MetaError, StoreError, Stores, TenantStore};

use crate::support::on_both_databases;
use crate::world::{World, at, empty_store, everything, field, gadget, host_changes, id, insert, load};

async fn apply(store: &TenantStore, changes: Vec<MetaChange>) -> Result<i64, MetaError> {
    let revision = store.revisions().await.unwrap().meta;
    store.apply_metadata(revision, changes, at(1)).await
}

fn tenant_field(key: &str, kind: FieldKind) -> Field {
    Field { origin: Origin::Tenant, ..field(key, kind) }
}

fn create_field(object: &str, field: Field) -> MetaChange {
    MetaChange::CreateField { object: object.into(), field: Box::new(field) }
}

fn update_field(object: &str, key: &str, change: FieldChange) -> MetaChange {
    MetaChange::UpdateField { object: object.into(), key: key.into(), change: Box::new(change) }
}

#[tokio::test]
async fn objects_and_fields_come_back_as_declared() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let object = world.object("gadget");
        let mut wanted = gadget().fields;
        assert_eq!(object.own_fields().count(), wanted.len());
        for (found, wanted) in object.own_fields().zip(&mut wanted) {
            wanted.id = found.id;
            if let FieldKind::Money { scale } = &mut wanted.kind {
                *scale = 2;
            }
            assert!(found.id > 0);
            assert_eq!(format!("{found:?}"), format!("{wanted:?}"));
        }
        assert_eq!(object.uniques.len(), 1);
        assert_eq!(world.schema.objects().map(|o| o.key.as_str()).collect::<Vec<_>>()[..3], ["customer", "contact", "activity"]);
        let stages = world.object("gadget__stages");
        assert!(stages.read_only);
        let keys: Vec<&str> = stages.fields.iter().map(|f| f.key.as_str()).collect();
        assert_eq!(keys, ["id", "record", "from", "to", "at", "by", "amount", "until", "seconds"]);

        // A disabled plugin's objects are not there, the tenant's own and the host's are.
        let without = world.store.load_schema(&[]).await.unwrap();
        assert!(without.object("gadget").is_none() && without.object("gadget__stages").is_none());
        assert!(without.object("customer").is_some());
    })
    .await;
}

#[tokio::test]
async fn enabling_again_adopts() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let mut newer = gadget();
        newer.label = Label::new("新器件", "New gadget");
        newer.fields[2].indexed = false;
        newer.fields[3].help = Some(Label::new("百分比", "Percent"));
        newer.fields.push(field("colour", FieldKind::Text { max: 10 }));
        newer.uniques[0].condition = Some("done == true".into());
        let mut changes = host_changes();
        changes.push(MetaChange::CreateObject(Box::new(newer)));
        apply(&world.store, changes).await.unwrap();
        let schema = load(&world.store).await;
        let object = schema.object("gadget").unwrap();
        assert_eq!(object.id, world.object("gadget").id);
        assert_eq!(object.label.en, "New gadget");
        assert_eq!(object.field("name").unwrap().id, world.object("gadget").field("name").unwrap().id);
        assert!(!object.field("amount").unwrap().indexed);
        assert_eq!(object.field("rate").unwrap().help.as_ref().unwrap().en, "Percent");
        assert!(object.field("colour").is_some());
        assert_eq!(object.uniques.len(), 1);
        assert_eq!(object.uniques[0].condition.as_deref(), Some("done == true"));

        let mut other = gadget();
        other.origin = Origin::Plugin("rival".into());
        let refused = apply(&world.store, vec![MetaChange::CreateObject(Box::new(other))]).await;
        assert!(matches!(refused, Err(MetaError::KeyExists { .. })));
        let mut retyped = gadget();
        retyped.fields[4].kind = FieldKind::Bool;
        let refused = apply(&world.store, vec![MetaChange::CreateObject(Box::new(retyped))]).await;
        assert!(matches!(refused, Err(MetaError::KindChanged { old: "integer", new: "bool", .. })));
    })
    .await;
}

#[tokio::test]
async fn fields_at_run_time() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let store = &world.store;
        let count = tenant_field("x_dealers", FieldKind::Integer);
        apply(store, vec![create_field("gadget", Field { indexed: true, ..count.clone() })]).await.unwrap();
        let refused = apply(store, vec![create_field("gadget", count)]).await;
        assert!(matches!(refused, Err(MetaError::KeyExists { key, .. }) if key == "x_dealers"));

        let stale = world.write(vec![insert("gadget", id(500), vec![("name", "neu".into())])]).await;
        assert!(matches!(stale, Err(guanxi_store::WriteError::Store(StoreError::StaleSchema))), "{stale:?}");
        let world = World { schema: load(store).await, store: store.clone() };
        world.write(vec![insert("gadget", id(500), vec![("name", "neu".into()), ("x_dealers", Value::Int(60))])]).await.unwrap();
        let query = |world: &World| Query {
            object: "gadget".into(),
            filter: Some(world.filter("gadget", "x_dealers > 50")),
            fields: vec![world.path("gadget", "x_dealers")],
            sort: vec![],
            limit: 10,
            after: None,
            scopes: everything(),
        };
        let found = store.find(&world.schema, &query(&world)).await.unwrap();
        assert_eq!(found.rows.iter().map(|r| (r.id, r.values.clone())).collect::<Vec<_>>(), [(id(500), vec![Value::Int(60)])]);

        // Dropped, it is gone; its key is free; restored, its values are there.
        let key = || ("gadget".to_owned(), "x_dealers".to_owned());
        let (object, field_key) = key();
        apply(store, vec![MetaChange::DropField { object, key: field_key }]).await.unwrap();
        assert!(load(store).await.object("gadget").unwrap().field("x_dealers").is_none());
        let (object, field_key) = key();
        apply(store, vec![MetaChange::RestoreField { object, key: field_key }]).await.unwrap();
        let hidden =
            FieldChange { hidden: Some(true), required: Some(true), label: Some(Label::new("数", "N")), ..FieldChange::default() };
        apply(store, vec![update_field("gadget", "x_dealers", hidden)]).await.unwrap();
        assert!(load(store).await.object("gadget").unwrap().field("x_dealers").is_none());
        apply(store, vec![update_field("gadget", "x_dealers", FieldChange { hidden: Some(false), ..FieldChange::default() })])
            .await
            .unwrap();
        let world = World { schema: load(store).await, store: store.clone() };
        let field = world.object("gadget").field("x_dealers").unwrap().clone();
        assert!(field.required && field.label.en == "N");
        assert_eq!(store.find(&world.schema, &query(&world)).await.unwrap().rows.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn refusals_change_nothing() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let store = &world.store;
        let before = store.revisions().await.unwrap();
        let unique = |fields: &[&str], condition: Option<&str>| MetaChange::AddUnique {
            object: "gadget".into(),
            unique: UniqueConstraint {
                id: 0,
                fields: fields.iter().map(|f| (*f).to_owned()).collect(),
                condition: condition.map(str::to_owned),
                code: "x".into(),
            },
        };
        let make_unique = |key: &str| update_field("gadget", key, FieldChange { unique: Some(true), ..FieldChange::default() });
        let extra = || create_field("gadget", tenant_field("x_extra", FieldKind::Bool));
        type Check = fn(&MetaError) -> bool;
        let cases: Vec<(MetaChange, Check)> = vec![
            (make_unique("name"), |e| matches!(e, MetaError::DuplicateValues { fields, .. } if fields == &["name"])),
            (make_unique("notes"), |e| matches!(e, MetaError::NotIndexable { .. })),
            (make_unique("nothing"), |e| matches!(e, MetaError::Unknown { .. })),
            (unique(&["qty", "stage"], None), |e| matches!(e, MetaError::DuplicateValues { .. })),
            (unique(&["qty", "nothing"], None), |e| matches!(e, MetaError::Unknown { .. })),
            (unique(&["code"], Some("customer.name == \"x\"")), |e| matches!(e, MetaError::Condition(_))),
            (unique(&["code"], Some("amount > 5")), |e| matches!(e, MetaError::Condition(_))),
            (unique(&["code"], Some("amount >")), |e| matches!(e, MetaError::Condition(_))),
            (MetaChange::UpdateObject { key: "no".into(), label: None, icon: None, hidden: None }, |e| {
                matches!(e, MetaError::Unknown { .. })
            }),
        ];
        for (change, expected) in cases {
            let error = apply(store, vec![extra(), change]).await.unwrap_err();
            assert!(expected(&error), "{error:?}");
        }
        let stale = store.apply_metadata(before.meta - 1, vec![extra()], at(1)).await;
        assert!(matches!(stale, Err(MetaError::Store(StoreError::StaleSchema))));
        assert_eq!(store.revisions().await.unwrap(), before);
        assert!(load(store).await.object("gadget").unwrap().field("x_extra").is_none());
        apply(store, vec![extra()]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn field_limit() {
    on_both_databases(async |stores: Stores| {
        let store = empty_store(&stores).await;
        let object = Object { key: "x_wide".into(), origin: Origin::Tenant, tracked: None, uniques: vec![], fields: vec![], ..gadget() };
        let mut changes = vec![MetaChange::CreateObject(Box::new(object))];
        changes.extend((0..MAX_FIELDS).map(|n| create_field("x_wide", tenant_field(&format!("x_{n}"), FieldKind::Integer))));
        apply(&store, changes).await.unwrap();
        let refused = apply(&store, vec![create_field("x_wide", tenant_field("x_one_more", FieldKind::Bool))]).await;
        assert!(matches!(refused, Err(MetaError::TooManyFields { .. })));
        assert_eq!(load(&store).await.object("x_wide").unwrap().own_fields().count(), MAX_FIELDS);
    })
    .await;
}
