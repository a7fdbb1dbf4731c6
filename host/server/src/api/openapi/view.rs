//! What the document is about: the objects and fields that its reader may see, and what the reader may do with them.

use std::sync::Arc;

use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function};

use crate::engine::Ctx;

/// Everything that the document depends on.
pub(super) struct View {
    /// Visible objects in menu order.
    pub(super) objects: Vec<Shown>,
    /// May change the tenant's shape and people.
    pub(super) administrator: bool,
    /// The server's clock can be set.
    pub(super) dev: bool,
}

/// An object as the reader sees it.
pub(super) struct Shown {
    /// The object.
    pub(super) object: Arc<Object>,
    /// What the reader may do.
    pub(super) rights: Vec<Function>,
    /// Keys of fields that the reader finds in answers, with the right to each.
    readable: Vec<(String, FieldRight)>,
    /// Keys of fields that the reader may write.
    writable: Vec<String>,
}

impl View {
    /// What the caller sees.
    pub(super) fn of(ctx: &Ctx, dev: bool) -> Self {
        let schema = &ctx.snapshot.schema;
        let there = |o: &Object| o.parent.is_none() || o.parent_object().is_some_and(|parent| schema.object(parent).is_some());
        let visible = schema.objects().filter(|o| there(o) && ctx.may(&o.key, Function::View));
        let rights = |o: &Object| Function::ALL.into_iter().filter(|right| ctx.may(&o.key, *right)).collect();
        let objects = visible.map(|o| Shown::new(o.clone(), rights(o), |field| ctx.actor.field_right(&o.key, &field.key))).collect();
        Self { objects, administrator: ctx.actor.is_administrator(), dev }.without_dead_ends()
    }

    /// Lines of objects that are not in the document are left out of it.
    fn without_dead_ends(mut self) -> Self {
        let keys: Vec<String> = self.objects.iter().map(|shown| shown.object.key.clone()).collect();
        for shown in &mut self.objects {
            let dead = |key: &String| match shown.object.field(key).map(|field| &field.kind) {
                Some(FieldKind::Children { target }) => !keys.contains(target),
                _ => false,
            };
            shown.readable.retain(|(key, _)| !dead(key));
            shown.writable.retain(|key| !dead(key));
        }
        self
    }

    /// The keys of all objects.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.objects.iter().map(|shown| shown.object.key.as_str()).collect()
    }

    /// A visible object.
    pub(super) fn find(&self, key: &str) -> Option<&Shown> {
        self.objects.iter().find(|shown| shown.object.key == key)
    }
}

impl Shown {
    /// An object with what the reader may do with each field.
    pub(super) fn new(object: Arc<Object>, rights: Vec<Function>, right: impl Fn(&Field) -> FieldRight) -> Self {
        let visible = object.fields.iter().filter(|field| !field.hidden).map(|field| (field.key.clone(), right(field)));
        let readable = visible.filter(|(_, right)| *right != FieldRight::None).collect();
        let writable = object.writable_fields().filter(|field| right(field) == FieldRight::Edit).map(|field| field.key.clone()).collect();
        Self { object, rights, readable, writable }
    }

    /// The right to do something; what the server keeps itself can only be read.
    pub(super) fn may(&self, function: Function) -> bool {
        self.rights.contains(&function) && (!self.object.read_only || matches!(function, Function::View | Function::Export))
    }

    /// The fields of an answer; false where only a part of the value, or a word for it, is shown.
    pub(super) fn read_fields(&self) -> impl Iterator<Item = (&Field, bool)> {
        self.readable.iter().filter_map(|(key, right)| Some((self.object.field(key)?, right.is_plain())))
    }

    /// The fields of a body.
    pub(super) fn written_fields(&self) -> impl Iterator<Item = &Field> {
        self.writable.iter().filter_map(|key| self.object.field(key))
    }
}
