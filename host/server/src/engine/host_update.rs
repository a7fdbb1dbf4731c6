//! Brings the host's objects, fields and grants of an older tenant up to date, when it is first used by this program.
//!
//! What is missing is added. What is there stays as people made it: labels, value lists, indexes and rights that an administrator changed
//! are not touched, only declarations that the older program did not know are filled in.

use guanxi_core::host_objects::{HOST_REVISION, host_objects, system_fields};
use guanxi_core::meta::{Field, FieldKind, Object, Origin, Rules, Schema};
use guanxi_core::policy::{Role, host_roles};
use guanxi_store::MetaChange;
use serde_json::Value as Json;

use super::{Ctx, Engine, Outcome, Tenant};
use std::sync::Arc;

/// The revision of the host's objects that a tenant has.
const SETTING: &str = "host_revision";
/// The revision with which roles became templates and got the functions aggregate, bulk and merge.
const TEMPLATES_SINCE: i64 = 3;

impl Engine {
    /// Once per tenant and process. A tenant that cannot be brought up to date is used as it is: its people must not be locked out.
    pub(super) async fn bring_up_to_date(&self, tenant: &Arc<Tenant>) {
        let updated = tenant.updated.get_or_try_init(async || {
            let stored = tenant.store.find_setting(SETTING).await?.and_then(|revision| revision.as_i64()).unwrap_or(0);
            if stored < HOST_REVISION {
                let ctx = self.system_ctx(tenant.clone()).await?;
                self.update_host(&ctx, stored).await?;
                tracing::info!(tenant = %tenant.key, from = stored, to = HOST_REVISION, "host objects brought up to date");
            }
            Ok::<_, super::Refusal>(())
        });
        if let Err(refusal) = updated.await {
            tracing::error!(tenant = %tenant.key, code = refusal.code(), "host objects could not be brought up to date");
        }
    }

    /// Adds what this program brings and the tenant does not have.
    async fn update_host(&self, ctx: &Ctx, from: i64) -> Outcome<()> {
        let changes = missing(&ctx.snapshot.schema);
        if !changes.is_empty() {
            self.apply_metadata(ctx, &changes).await?;
        }
        let stored = ctx.tenant.store.list_roles().await?;
        if from < TEMPLATES_SINCE {
            for role in host_roles().into_iter().filter(|role| stored.iter().all(|known| known.key != role.key)) {
                ctx.tenant.store.put_role(&role).await?;
            }
        }
        for role in stored {
            let told = if from < TEMPLATES_SINCE { with_templates(&role) } else { role.clone() };
            let new = with_new_grants(told.clone()).unwrap_or(told);
            if new != role {
                ctx.tenant.store.put_role(&new).await?;
            }
        }
        self.keep_host_revision(ctx).await
    }

    /// Notes that the tenant has everything of this program.
    pub(super) async fn keep_host_revision(&self, ctx: &Ctx) -> Outcome<()> {
        ctx.tenant.store.put_setting(SETTING, &Json::from(HOST_REVISION)).await?;
        ctx.tenant.invalidate();
        Ok(())
    }
}

/// New objects whole; of known ones the new fields, and the known fields with what they did not say yet.
fn missing(schema: &Schema) -> Vec<MetaChange> {
    let mut changes = Vec::new();
    for declared in host_objects() {
        let Some(known) = schema.all().find(|object| object.key == declared.key) else {
            let mut fields = system_fields(declared.key);
            fields.extend(declared.fields);
            changes.push(MetaChange::CreateObject(Box::new(Object {
                id: 0,
                key: declared.key.into(),
                label: declared.label,
                icon: declared.icon.into(),
                origin: Origin::Host,
                title: declared.title.into(),
                tracked: None,
                uniques: Vec::new(),
                rules: Rules::default(),
                parent: declared.parent.map(str::to_owned),
                fields,
                read_only: false,
                hidden: false,
            })));
            continue;
        };
        for field in declared.fields {
            let stored = known.fields.iter().find(|stored| stored.key == field.key);
            let field = match stored {
                None => Some(field),
                Some(stored) => with_news(stored, &field),
            };
            changes.extend(field.map(|field| MetaChange::CreateField { object: known.key.clone(), field: Box::new(field) }));
        }
    }
    changes
}

/// A field as it is stored, with the group, the conditions and the index that it lacks; `None` where it lacks nothing.
fn with_news(stored: &Field, declared: &Field) -> Option<Field> {
    let mut field = stored.clone();
    field.group = field.group.or_else(|| declared.group.clone());
    if field.conditions == Default::default() {
        field.conditions = declared.conditions.clone();
    }
    // What a record is about is looked up on every page of a record. No administrator has taken this index away: older programs had none.
    field.indexed |= declared.indexed && declared.kind == FieldKind::AnyReference;
    let has_news = field.group != stored.group || field.conditions != stored.conditions || field.indexed != stored.indexed;
    has_news.then_some(field)
}

/// A role of a program that knew fewer functions and no templates: nobody loses what they could do, and the host's own roles say what they
/// are for.
fn with_templates(role: &Role) -> Role {
    let mut role = role.clone();
    role.grants.values_mut().for_each(Role::with_later_functions);
    if let Some(declared) = host_roles().into_iter().find(|declared| declared.key == role.key && role.origin == Origin::Host) {
        (role.description, role.duties, role.template) = (declared.description, declared.duties, declared.template);
    }
    role
}

/// Rights on objects that the stored role does not name yet; `None` where there are none.
fn with_new_grants(mut role: Role) -> Option<Role> {
    let declared = host_roles().into_iter().find(|declared| declared.key == role.key && role.origin == Origin::Host)?;
    let known = role.grants.len();
    for (object, rights) in declared.grants {
        role.grants.entry(object).or_insert(rights);
    }
    (role.grants.len() > known).then_some(role)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::meta::Label;
    use guanxi_core::policy::Function;

    /// The objects as an older program declared them: no groups, no new fields.
    fn older() -> Schema {
        let objects = host_objects().into_iter().filter(|object| matches!(object.key, "customer" | "user")).map(|declared| Object {
            id: 1,
            key: declared.key.into(),
            label: declared.label,
            icon: declared.icon.into(),
            origin: Origin::Host,
            title: declared.title.into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: None,
            fields: declared.fields.into_iter().take(8).map(|field| Field { group: None, ..field }).collect(),
            read_only: false,
            hidden: false,
        });
        Schema::new(1, objects.collect())
    }

    #[test]
    fn only_what_is_missing_is_added() {
        let mut customer = Object::clone(older().object("customer").expect("a host object"));
        customer.fields[0].label = Label::new("单位名称", "Company");
        let schema = Schema::new(1, vec![customer, Object::clone(older().object("user").expect("a host object"))]);
        let changes = missing(&schema);
        let fields: Vec<(&str, &Field)> = changes
            .iter()
            .filter_map(|change| match change {
                MetaChange::CreateField { object, field } => Some((object.as_str(), &**field)),
                _ => None,
            })
            .collect();
        assert!(fields.iter().all(|(object, _)| *object == "customer"), "users have all they need");
        let name = fields.iter().find(|(_, field)| field.key == "name").expect("the name got a group");
        assert_eq!((name.1.label.en.as_str(), name.1.group.is_some()), ("Company", true));
        assert!(fields.iter().any(|(_, field)| field.key == "nature"));
        let objects = changes.iter().filter(|change| matches!(change, MetaChange::CreateObject(_))).count();
        assert_eq!(objects, host_objects().len() - 2);
    }

    #[test]
    fn older_roles_lose_nothing() {
        let mut role = host_roles().into_iter().find(|role| role.key == "salesperson").expect("a host role");
        role.template = None;
        role.grants.values_mut().for_each(|rights| rights.retain(|function, _| !matches!(function, Function::Aggregate | Function::Bulk)));
        let updated = with_templates(&role);
        assert!(updated.template.is_some() && updated.grants["*"].contains_key(&Function::Aggregate));
        assert_eq!(updated.grants["*"].get(&Function::Bulk), updated.grants["*"].get(&Function::Edit));
        let own = Role { origin: Origin::Tenant, ..role };
        assert!(with_templates(&own).template.is_none() && with_templates(&own).grants["user"].contains_key(&Function::Aggregate));
    }

    #[test]
    fn what_a_record_is_about_gets_its_index() {
        let note = host_objects().into_iter().find(|object| object.key == "note").expect("a host object");
        let declared = note.fields.iter().find(|field| field.key == "about").expect("its subject");
        let stored = Field { indexed: false, ..declared.clone() };
        assert_eq!(with_news(&stored, declared).map(|field| field.indexed), Some(true));
        assert!(with_news(declared, declared).is_none());
        // Whatever else an administrator keeps without an index stays so.
        let text = note.fields.iter().find(|field| field.key == "text").expect("its words");
        assert!(with_news(text, &Field { indexed: true, ..text.clone() }).is_none());
    }

    #[test]
    fn roles_keep_what_was_changed() {
        let mut role = host_roles().into_iter().find(|role| role.key == "salesperson").expect("a host role");
        assert_eq!(with_new_grants(role.clone()), None);
        role.grants.remove("unit");
        role.grants.get_mut("user").expect("named").clear();
        let updated = with_new_grants(role.clone()).expect("a new grant");
        assert!(updated.grants.contains_key("unit") && updated.grants["user"].is_empty());
        assert_eq!(with_new_grants(Role { origin: Origin::Tenant, ..role }), None);
    }

    async fn engine(folder: &std::path::Path) -> Engine {
        let location = guanxi_store::Location::Sqlite { folder: folder.to_owned(), durable: false };
        let stores = guanxi_store::Stores::open(location).await.expect("opened");
        let files = crate::engine::FileStorage::open(&folder.join("files"), false).expect("opened");
        let sandbox = guanxi_sandbox::Sandbox::new(&guanxi_sandbox::SandboxSettings::default()).expect("a sandbox");
        Engine::new(stores, files, sandbox, crate::clock::Clock::new(None))
    }

    /// What the tenant would be if an older program had made it.
    async fn make_older(engine: &Engine) {
        let tenant = engine.create_tenant("old", "Old", "admin@old.example", None).await.expect("made");
        let ctx = engine.system_ctx(tenant.clone()).await.expect("a context");
        let label = guanxi_store::FieldChange { label: Some(Label::new("单位名称", "Company")), ..Default::default() };
        let changes = [
            MetaChange::DropField { object: "customer".into(), key: "area".into() },
            MetaChange::UpdateField { object: "customer".into(), key: "name".into(), change: Box::new(label) },
        ];
        engine.apply_metadata(&ctx, &changes).await.expect("changed");
        let mut role = tenant.store.list_roles().await.expect("roles").into_iter().find(|role| role.key == "manager").expect("a host role");
        role.grants.remove("unit");
        tenant.store.put_role(&role).await.expect("kept");
        tenant.store.put_setting(SETTING, &Json::from(HOST_REVISION - 1)).await.expect("kept");
    }

    #[tokio::test]
    async fn an_older_tenant_is_brought_up_to_date_at_its_first_use() {
        let folder = tempfile::tempdir().expect("a folder");
        make_older(&engine(folder.path()).await).await;
        let engine = engine(folder.path()).await;
        let tenant = engine.tenant("old").await.expect("opened").expect("there");
        let snapshot = engine.snapshot(&tenant).await.expect("a snapshot");
        let customer = snapshot.schema.object("customer").expect("a host object");
        assert!(customer.field("area").is_some(), "what was missing is there");
        assert_eq!(customer.field("name").map(|field| field.label.en.as_str()), Some("Company"), "what people changed stays");
        assert!(snapshot.roles["manager"].grants.contains_key("unit"));
        assert_eq!(tenant.store.find_setting(SETTING).await.expect("read"), Some(Json::from(HOST_REVISION)));
        let revision = tenant.store.revisions().await.expect("read");
        engine.tenant("old").await.expect("opened");
        assert_eq!(tenant.store.revisions().await.expect("read"), revision, "once is enough");
    }
}
