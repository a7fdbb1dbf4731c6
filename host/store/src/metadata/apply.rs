//! Changing the metadata: all steps of a call in one transaction together with their tables, then the revision is raised.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use guanxi_core::meta::{Computed, Field, FieldKind, Index, Object, Origin, Rules};

use super::editor::Editor;
use super::{FieldChange, MetaChange, MetaError};
use crate::tenant::{raise_meta_rev, revisions_in};
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Carries out the changes in order, wholly or not at all, if the metadata still has the expected revision; returns the new one.
    pub async fn apply_metadata(&self, expect_rev: i64, changes: Vec<MetaChange>, now: DateTime<Utc>) -> Result<i64, MetaError> {
        let mut wait = super::beside::Patience::default();
        loop {
            match self.apply_once(expect_rev, &changes, now).await {
                // Saves take their tables' locks in their own order, so PostgreSQL may have to end one of two; nothing was done.
                Err(MetaError::Store(StoreError::Conflict | StoreError::Busy)) if wait.again().await => {}
                done => return done,
            }
        }
    }

    async fn apply_once(&self, expect_rev: i64, changes: &[MetaChange], now: DateTime<Utc>) -> Result<i64, MetaError> {
        let mut tx = self.db.begin_change().await?;
        // Raising first makes changes of metadata wait for each other.
        raise_meta_rev(&mut tx).await?;
        let revision = revisions_in(&mut tx).await?.meta;
        if revision != expect_rev + 1 {
            return Err(StoreError::StaleSchema.into());
        }
        let mut editor = Editor::open(tx, self.db.schema().cloned(), self.tenant.currency_digits, now).await?;
        for change in changes {
            apply(&mut editor, change.clone()).await?;
        }
        let touched: BTreeSet<&str> = changes.iter().map(MetaChange::object_key).collect();
        for key in touched {
            editor.renew_views(key).await?;
        }
        editor.tx.commit().await?;
        Ok(revision)
    }
}

impl MetaChange {
    fn object_key(&self) -> &str {
        match self {
            Self::CreateObject(object) => &object.key,
            Self::UpdateObject { key, .. } => key,
            Self::CreateField { object, .. }
            | Self::UpdateField { object, .. }
            | Self::DropField { object, .. }
            | Self::RestoreField { object, .. }
            | Self::AddUnique { object, .. }
            | Self::DropUnique { object, .. }
            | Self::SetRules { object, .. } => object,
        }
    }
}

async fn apply(editor: &mut Editor, change: MetaChange) -> Result<(), MetaError> {
    match change {
        MetaChange::CreateObject(object) => create_object(editor, *object).await,
        MetaChange::UpdateObject { key, label, icon, hidden } => {
            let place = editor.get_object(&key)?;
            let object = &mut editor.stored.objects[place];
            object.label = label.unwrap_or_else(|| object.label.clone());
            object.icon = icon.unwrap_or_else(|| object.icon.clone());
            object.hidden = hidden.unwrap_or(object.hidden);
            Ok(editor.save_object(place).await?)
        }
        MetaChange::CreateField { object, field } => {
            let place = editor.get_object(&object)?;
            create_field(editor, place, *field).await
        }
        MetaChange::UpdateField { object, key, change } => {
            let place = editor.get_object(&object)?;
            let field = editor.get_field(place, &key)?;
            update_field(editor, place, field, *change).await
        }
        MetaChange::DropField { object, key } => {
            let place = editor.get_object(&object)?;
            let at = editor.get_field(place, &key)?;
            let mut field = editor.stored.objects[place].fields.remove(at);
            field.hidden = true;
            editor.set_dropped(&field, true).await?;
            // A field that nobody fills must not refuse anything either.
            editor.make_field_unique(place, &field, false).await?;
            let object_id = editor.stored.objects[place].id;
            editor.stored.dropped.push((object_id, field));
            Ok(())
        }
        MetaChange::RestoreField { object, key } => {
            let place = editor.get_object(&object)?;
            restore_field(editor, place, &key).await
        }
        MetaChange::AddUnique { object, unique } => {
            let place = editor.get_object(&object)?;
            editor.add_unique(place, unique).await
        }
        MetaChange::DropUnique { object, fields, code } => {
            let place = editor.get_object(&object)?;
            editor.drop_unique(place, &fields, &code).await
        }
        MetaChange::SetRules { object, rules } => {
            let place = editor.get_object(&object)?;
            set_rules(editor, place, *rules).await
        }
    }
}

async fn create_object(editor: &mut Editor, object: Object) -> Result<(), MetaError> {
    let place = match editor.find_object(&object.key) {
        None => editor.add_object(object.clone()).await?,
        Some(place) => {
            let known = &mut editor.stored.objects[place];
            if known.origin != object.origin || object.origin == Origin::Tenant {
                return Err(MetaError::KeyExists { object: object.key.clone(), key: object.key });
            }
            known.label = object.label;
            known.icon = object.icon;
            known.title = object.title;
            // A machine that an administrator declared may track a field where the declaration does not.
            known.tracked = object.tracked.clone().or(known.tracked.take());
            known.read_only = object.read_only;
            known.parent = object.parent.clone();
            editor.save_object(place).await?;
            place
        }
    };
    if object.tracked.is_some() {
        editor.add_stages(place).await?;
    }
    for field in object.fields.into_iter().filter(|f| !is_system_key(&f.key)) {
        create_field(editor, place, field).await?;
    }
    for unique in object.uniques {
        editor.add_unique(place, unique).await?;
    }
    Ok(())
}

async fn set_rules(editor: &mut Editor, place: usize, rules: Rules) -> Result<(), MetaError> {
    let before: Vec<Index> = std::mem::replace(&mut editor.stored.objects[place].rules, rules).indexes;
    editor.replace_indexes(place, &before).await?;
    let object = &mut editor.stored.objects[place];
    let starts = object.tracked.is_none();
    if starts {
        object.tracked = object.rules.machine.as_ref().map(|machine| machine.field.clone());
    }
    let tracks = starts && object.tracked.is_some();
    editor.save_object(place).await?;
    if tracks {
        editor.add_stages(place).await?;
    }
    Ok(())
}

fn is_system_key(key: &str) -> bool {
    guanxi_core::host_objects::system_fields("").iter().any(|f| f.key == key)
}

async fn create_field(editor: &mut Editor, place: usize, field: Field) -> Result<(), MetaError> {
    let object = &editor.stored.objects[place];
    let adopts = field.origin != Origin::Tenant;
    if adopts && editor.stored.dropped.iter().any(|(id, f)| *id == object.id && f.key == field.key && f.origin == field.origin) {
        let key = field.key.clone();
        restore_field(editor, place, &key).await?;
    }
    let object = &editor.stored.objects[place];
    let Some(at) = object.fields.iter().position(|f| f.key == field.key) else {
        return editor.add_field(place, field).await;
    };
    let known = &object.fields[at];
    if !adopts || known.origin != field.origin {
        return Err(exists_error(object, &field));
    }
    if !same_type(&known.kind, &field.kind) {
        let (object, old, new) = (object.key.clone(), known.kind.name(), field.kind.name());
        return Err(MetaError::KindChanged { object, field: field.key, old, new });
    }
    let change = FieldChange {
        label: Some(field.label),
        help: Some(field.help),
        required: Some(field.required),
        hidden: None,
        unique: Some(field.unique),
        indexed: Some(field.indexed),
        read_only: Some(field.read_only),
        max: match field.kind {
            FieldKind::Text { max } => Some(max),
            _ => None,
        },
        options: Some(field.kind.options().to_vec()).filter(|options| !options.is_empty()),
        default: Some(field.default.unwrap_or(guanxi_core::Value::Null)),
        mask: Some(field.mask),
        group: Some(field.group),
        show: Some(field.conditions.show),
        require: Some(field.conditions.require),
        closed: Some(field.conditions.read_only),
        computed: Some(field.computed),
        sourced: Some(field.sourced),
        searchable: Some(field.searchable),
        expression: None,
    };
    update_field(editor, place, at, change).await
}

fn exists_error(object: &Object, field: &Field) -> MetaError {
    MetaError::KeyExists { object: object.key.clone(), key: field.key.clone() }
}

/// What is stored stays readable: the same type, scale and target. Money has the tenant's scale whatever was declared.
fn same_type(old: &FieldKind, new: &FieldKind) -> bool {
    match (old, new) {
        (FieldKind::Decimal { scale: a }, FieldKind::Decimal { scale: b }) => a == b,
        (a, b) if a.target().is_some() || b.target().is_some() => a == b,
        _ => old.name() == new.name(),
    }
}

async fn update_field(editor: &mut Editor, place: usize, at: usize, change: FieldChange) -> Result<(), MetaError> {
    let old = editor.stored.objects[place].fields[at].clone();
    let mut field = old.clone();
    field.label = change.label.unwrap_or(field.label);
    field.help = change.help.unwrap_or(field.help);
    field.required = change.required.unwrap_or(field.required);
    field.hidden = change.hidden.unwrap_or(field.hidden);
    field.unique = change.unique.unwrap_or(field.unique);
    field.indexed = change.indexed.unwrap_or(field.indexed);
    field.read_only = change.read_only.unwrap_or(field.read_only);
    if let Some(default) = change.default {
        field.default = (!default.is_null()).then_some(default);
    }
    match &mut field.kind {
        FieldKind::Select { options } | FieldKind::MultiSelect { options } | FieldKind::TreeSelect { options } => {
            *options = change.options.unwrap_or_else(|| options.clone());
        }
        FieldKind::Text { max } => *max = change.max.unwrap_or(*max),
        _ => {}
    }
    field.mask = change.mask.unwrap_or(field.mask);
    field.group = change.group.unwrap_or(field.group);
    field.conditions.show = change.show.unwrap_or(field.conditions.show);
    field.conditions.require = change.require.unwrap_or(field.conditions.require);
    field.conditions.read_only = change.closed.unwrap_or(field.conditions.read_only);
    field.computed = change.computed.unwrap_or(field.computed);
    field.sourced = change.sourced.unwrap_or(field.sourced);
    field.searchable = change.searchable.unwrap_or(field.searchable);
    if let (Some(expression), Some(Computed::Formula { .. })) = (change.expression, &field.computed) {
        field.computed = Some(Computed::Formula { expression });
    }
    if field.indexed != old.indexed {
        editor.index_field(place, &field, field.indexed).await?;
    }
    if field.unique != old.unique {
        editor.make_field_unique(place, &field, field.unique).await?;
    }
    if field.indexed && !old.indexed || field.unique && !old.unique {
        let object_id = editor.stored.objects[place].id;
        editor.analyze(object_id).await?;
    }
    if field.searchable && !old.searchable {
        crate::search::forget_built(&mut editor.tx, editor.stored.objects[place].id).await?;
    }
    editor.save_field(&field).await?;
    editor.stored.objects[place].fields[at] = field;
    Ok(())
}

async fn restore_field(editor: &mut Editor, place: usize, key: &str) -> Result<(), MetaError> {
    if let Ok(at) = editor.get_field(place, key) {
        let change = FieldChange { hidden: Some(false), ..FieldChange::default() };
        return update_field(editor, place, at, change).await;
    }
    let object = &editor.stored.objects[place];
    let unknown = MetaError::Unknown { object: object.key.clone(), key: key.into() };
    // The newest of that key: older ones were replaced by it.
    let at = editor.stored.dropped.iter().rposition(|(id, f)| *id == object.id && f.key == key).ok_or(unknown)?;
    if object.fields.iter().filter(|f| !f.is_system()).count() >= super::MAX_FIELDS {
        return Err(MetaError::TooManyFields { object: object.key.clone() });
    }
    let (_, mut field) = editor.stored.dropped.remove(at);
    field.hidden = false;
    editor.set_dropped(&field, false).await?;
    // Records that were saved meanwhile are not found by its values.
    crate::search::forget_built(&mut editor.tx, editor.stored.objects[place].id).await?;
    if field.unique {
        editor.make_field_unique(place, &field, true).await?;
    }
    editor.stored.objects[place].fields.push(field);
    Ok(())
}
