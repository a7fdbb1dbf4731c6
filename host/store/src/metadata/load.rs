//! Reading the metadata: rows of gx_object, gx_field and gx_unique become a [`Schema`].

use std::collections::HashMap;

use guanxi_core::host_objects::system_fields;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, Rules, Schema};
use sea_query::{Order, Query, SelectStatement, TableRef};

use super::spec::{FieldPlace, read_field, read_object, read_origin, read_unique};
use crate::column::STAGES_COLUMNS;
use crate::db::{Row, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::{StoreError, TenantStore};

/// A revision that changes between two reads more often than this is a fault, not chance.
const MAX_ATTEMPTS: usize = 10;

impl TenantStore {
    /// The tenant's objects and fields: those of the host, of the tenant and of the enabled plugins (by id), each tracked one with its
    /// stages object behind it. Dropped fields are left out, hidden ones are there.
    pub async fn load_schema(&self, enabled_plugins: &[String]) -> Result<Schema, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let before = self.revisions().await?.meta;
            let [objects, fields, uniques] = selects(|name| self.db.table(name));
            let rows = MetaRows {
                objects: self.db.fetch(0, &objects).await?,
                fields: self.db.fetch(0, &fields).await?,
                uniques: self.db.fetch(0, &uniques).await?,
            };
            if self.revisions().await?.meta == before {
                let stored = rows.read(self.tenant.currency_digits)?;
                return Ok(schema_of(before, stored.objects, |origin| match origin {
                    Origin::Plugin(id) => enabled_plugins.contains(id),
                    Origin::Host | Origin::Tenant => true,
                }));
            }
        }
        Err(StoreError::Busy)
    }
}

/// The statements that read all metadata: objects, fields, uniques.
pub(super) fn selects(table: impl Fn(&SqlName) -> TableRef) -> [SelectStatement; 3] {
    let select = |name: &'static str, columns: &[&'static str], order: &[&'static str]| {
        let mut query = Query::select();
        query.columns(columns.iter().copied()).from(table(&SqlName::fixed(name)));
        for column in order {
            query.order_by(*column, Order::Asc);
        }
        query
    };
    [
        select("gx_object", &["id", "key", "spec", "hidden", "origin"], &["position", "id"]),
        select("gx_field", &["id", "object_id", "key", "spec", "hidden", "origin", "dropped_at"], &["position", "id"]),
        select("gx_unique", &["id", "object_id", "spec"], &["id"]),
    ]
}

/// What the statements of [`selects`] answered.
pub(super) struct MetaRows {
    pub(super) objects: Vec<Row>,
    pub(super) fields: Vec<Row>,
    pub(super) uniques: Vec<Row>,
}

/// All metadata, of disabled plugins too.
pub(super) struct StoredMeta {
    /// In menu order, with system fields first.
    pub(super) objects: Vec<Object>,
    /// Dropped fields with their object's id.
    pub(super) dropped: Vec<(i64, Field)>,
}

impl MetaRows {
    pub(super) fn read(&self, money_scale: u8) -> Result<StoredMeta, StoreError> {
        let mut stored = StoredMeta { objects: Vec::new(), dropped: Vec::new() };
        let mut place_of = HashMap::new();
        for row in &self.objects {
            let id = present(row.int(0)?, "gx_object.id")?;
            let origin = read_origin(&present(row.text(4)?, "gx_object.origin")?)?;
            let spec = present(row.text(2)?, "gx_object.spec")?;
            let hidden = present(row.bool(3)?, "gx_object.hidden")?;
            let mut object = read_object(id, present(row.text(1)?, "gx_object.key")?, &spec, hidden, origin)?;
            object.fields = system_fields(&object.key);
            if object.parent.is_some() {
                // A line belongs to its record and to nobody else.
                object.fields.iter_mut().filter(|f| f.key == "owner").for_each(|f| f.read_only = true);
            }
            place_of.insert(id, stored.objects.len());
            stored.objects.push(object);
        }
        for row in &self.fields {
            let object_id = present(row.int(1)?, "gx_field.object_id")?;
            let field = field_of_row(row, money_scale)?;
            let object = place_of.get(&object_id).ok_or_else(|| inconsistent(format!("field {} belongs to no object", field.id)))?;
            if row.instant(6)?.is_some() {
                stored.dropped.push((object_id, field));
            } else {
                stored.objects[*object].fields.push(field);
            }
        }
        for row in &self.uniques {
            let object_id = present(row.int(1)?, "gx_unique.object_id")?;
            let unique = read_unique(present(row.int(0)?, "gx_unique.id")?, &present(row.text(2)?, "gx_unique.spec")?)?;
            if let Some(object) = place_of.get(&object_id) {
                stored.objects[*object].uniques.push(unique);
            }
        }
        Ok(stored)
    }
}

/// The field in a row of gx_field, with the columns that [`selects`] names.
pub(super) fn field_of_row(row: &Row, money_scale: u8) -> Result<Field, StoreError> {
    let place = FieldPlace {
        id: present(row.int(0)?, "gx_field.id")?,
        key: present(row.text(2)?, "gx_field.key")?,
        hidden: present(row.bool(4)?, "gx_field.hidden")?,
        origin: read_origin(&present(row.text(5)?, "gx_field.origin")?)?,
    };
    read_field(place, &present(row.text(3)?, "gx_field.spec")?, money_scale)
}

/// What is enabled, with the stages objects.
pub(super) fn schema_of(revision: i64, objects: Vec<Object>, enabled: impl Fn(&Origin) -> bool) -> Schema {
    let mut live = Vec::new();
    for mut object in objects.into_iter().filter(|o| enabled(&o.origin)) {
        object.fields.retain(|f| enabled(&f.origin));
        let stages = stages_object(&object);
        live.push(object);
        live.extend(stages);
    }
    // A reference to an object of a disabled plugin leads nowhere, so nothing can show or follow it.
    let keys: Vec<String> = live.iter().map(|o| o.key.clone()).collect();
    for object in &mut live {
        object.fields.retain(|f| f.kind.target().is_none_or(|target| keys.iter().any(|k| k == target)));
        let fields = &object.fields;
        object.uniques.retain(|u| u.fields.iter().all(|key| fields.iter().any(|f| f.key == *key)));
    }
    Schema::new(revision, live)
}

/// The read-only object of a tracked field's changes.
fn stages_object(parent: &Object) -> Option<Object> {
    let tracked = parent.fields.iter().find(|f| parent.tracked.as_ref() == Some(&f.key))?;
    let reference = |target: &str| FieldKind::Reference { target: target.into() };
    let amount = parent.fields.iter().find(|f| f.key == "amount" && matches!(f.kind, FieldKind::Money { .. }));
    let field = |key: &str, id: i64, label: Label, kind: FieldKind| Field {
        id,
        indexed: matches!(key, "id" | "record" | "at"),
        read_only: true,
        origin: parent.origin.clone(),
        ..Field::new(key, label, kind)
    };
    let mut fields = vec![field("id", 0, Label::new("编号", "Id"), reference(&parent.stages_key()))];
    for (key, _, id) in STAGES_COLUMNS {
        fields.push(match key {
            "record" => field(key, id, parent.label.clone(), reference(&parent.key)),
            "from" => field(key, id, Label::new("从", "From"), tracked.kind.clone()),
            "to" => field(key, id, Label::new("到", "To"), tracked.kind.clone()),
            "at" => field(key, id, Label::new("时间", "At"), FieldKind::DateTime),
            "by" => field(key, id, Label::new("操作人", "By"), reference("user")),
            "until" => field(key, id, Label::new("直到", "Until"), FieldKind::DateTime),
            "seconds" => field(key, id, Label::new("停留时长", "Time spent"), FieldKind::Duration),
            _ => match amount {
                Some(amount) => field(key, id, amount.label.clone(), amount.kind.clone()),
                None => continue,
            },
        });
    }
    Some(Object {
        id: parent.id,
        key: parent.stages_key(),
        label: Label::new(
            format!("{}：{}变更", parent.label.zh, tracked.label.zh),
            format!("{}: changes of {}", parent.label.en, tracked.label.en.to_lowercase()),
        ),
        icon: parent.icon.clone(),
        origin: parent.origin.clone(),
        title: "record".into(),
        tracked: None,
        uniques: Vec::new(),
        rules: Rules::default(),
        parent: None,
        fields,
        read_only: true,
        hidden: parent.hidden,
    })
}
