//! Who may have a file: whoever may see its attachment, the record that it is about, or a record that holds it in a file field.

use std::collections::{HashMap, HashSet};

use guanxi_core::Value;
use guanxi_core::expr::{Expr, resolve_path};
use guanxi_core::meta::FieldKind;
use uuid::Uuid;

use super::ATTACHMENT;
use crate::engine::{Ctx, Engine, Outcome, read};

impl Engine {
    /// Which of these attachments the actor may have. Deleted ones are not among them.
    pub(in crate::engine) async fn visible_files(&self, ctx: &Ctx, ids: &[Uuid]) -> Outcome<HashSet<Uuid>> {
        // Without an object there are no files; a missing right on attachments leaves the other ways.
        let mut visible: HashSet<Uuid> = self.titles(ctx, ATTACHMENT, ids).await?.into_keys().collect();
        let rest: Vec<Uuid> = ids.iter().copied().filter(|id| !visible.contains(id)).collect();
        if rest.is_empty() {
            return Ok(visible);
        }
        let records = ctx.tenant.store.load_records(&ctx.snapshot.schema, ATTACHMENT, &rest).await?;
        let mut about: HashMap<String, Vec<(Uuid, Uuid)>> = HashMap::new();
        let mut unknown = Vec::new();
        for record in records.into_iter().filter(|record| !record.deleted) {
            unknown.push(record.id);
            if let Value::AnyRef { object, id } = record.value("about") {
                about.entry(object.clone()).or_default().push((record.id, *id));
            }
        }
        for (object, pairs) in about {
            let subjects: Vec<Uuid> = pairs.iter().map(|(_, subject)| *subject).collect();
            // An object that is hidden or gone shows nothing.
            let seen = self.titles(ctx, &object, &subjects).await.unwrap_or_default();
            visible.extend(pairs.iter().filter(|(_, subject)| seen.contains_key(subject)).map(|(file, _)| *file));
        }
        unknown.retain(|id| !visible.contains(id));
        for id in unknown {
            if self.is_held(ctx, id).await? {
                visible.insert(id);
            }
        }
        Ok(visible)
    }

    /// Whether a record that the actor sees holds the file in one of its fields.
    async fn is_held(&self, ctx: &Ctx, file: Uuid) -> Outcome<bool> {
        let schema = &ctx.snapshot.schema;
        let scopes = read::scopes(&ctx.actor, schema);
        for object in schema.objects().filter(|object| scopes.contains_key(&object.key)) {
            for field in object
                .fields
                .iter()
                .filter(|field| field.kind == FieldKind::File && !field.hidden && ctx.field_right(&object.key, &field.key).is_plain())
            {
                let filter = Expr::Contains(resolve_path(&field.key, schema, object)?, Value::Ref(file));
                if ctx.tenant.store.count(schema, &object.key, Some(&filter), &scopes, 1).await?.value > 0 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
