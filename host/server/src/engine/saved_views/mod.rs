//! Saved views: a filter, an order and columns under a name, kept for oneself or shared. A view gives no rights: its reader lists through it
//! as always, with the reader's own scopes and fields.

mod check;

use chrono::{DateTime, Utc};
use guanxi_core::policy::{Actor, Subject};
use guanxi_core::saved_view::{Audience, Reader, ViewContent, departments_above};
use guanxi_core::{Problem, Value};
use guanxi_store::{StoreError, StoredView};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Refusal, read};

/// Views of one user. Against filling the store, and menus nobody reads.
const MAX_VIEWS: i64 = 200;
/// Characters of a name.
const MAX_NAME: usize = 100;

/// A saved view as somebody sees it.
#[derive(Clone, Debug)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// The object's key.
    pub object: String,
    /// In the words of its owner.
    pub name: String,
    /// Who saved it.
    pub owner: Uuid,
    /// That user's name; empty where the reader may not see the user.
    pub owner_name: String,
    /// What it shows, as saved.
    pub content: ViewContent,
    /// For whom it is.
    pub audience: Audience,
    /// Raised by every change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// The reader may change, share and delete it.
    pub editable: bool,
    /// What of it does not work for this reader now. The parameter `part` says where.
    pub problems: Vec<Problem>,
    /// The content without what does not work; `None` where the filter itself does not: then nothing is shown rather than everything.
    pub usable: Option<ViewContent>,
}

/// A view to be saved.
#[derive(Clone, Debug, Default)]
pub struct NewView {
    /// The object's key.
    pub object: String,
    /// The name; unique among the owner's views of the object.
    pub name: String,
    /// What it shows.
    pub content: ViewContent,
    /// For whom it is beside its owner.
    pub audience: Audience,
}

/// What changes of a view; the rest stays.
#[derive(Clone, Debug, Default)]
pub struct ViewPatch {
    /// Another name.
    pub name: Option<String>,
    /// Another content, whole.
    pub content: Option<ViewContent>,
    /// Another audience, whole.
    pub audience: Option<Audience>,
}

impl Engine {
    /// The actor's own views and those shared with the actor, by name; of one object or of all that the actor may view.
    pub async fn saved_views(&self, ctx: &Ctx, object: Option<&str>) -> Outcome<Vec<SavedView>> {
        if let Some(key) = object {
            let object = read::object(ctx, key)?;
            read::viewable(ctx, &object)?;
        }
        let reader = reader(ctx);
        let mut found = ctx.tenant.store.list_saved_views(object, ctx.actor.user).await?;
        found.retain(|view| view.audience.is_seen_by(view.owner, &reader) && is_open(ctx, view));
        self.shown_views(ctx, &reader, found).await
    }

    /// One view; one that the actor may not see is not there.
    pub async fn saved_view(&self, ctx: &Ctx, id: Uuid) -> Outcome<SavedView> {
        let reader = reader(ctx);
        let view = visible(ctx, &reader, id).await?;
        self.one_view(ctx, &reader, view).await
    }

    /// Saves a view for the actor. All problems at once.
    pub async fn create_saved_view(&self, ctx: &Ctx, new: NewView) -> Outcome<SavedView> {
        let owner = ctx.actor.user.ok_or_else(|| Refusal::denied("a user of one's own"))?;
        let object = read::object(ctx, &new.object)?;
        read::viewable(ctx, &object)?;
        let (name, mut problems) = named(&new.name);
        problems.extend(check::content(ctx, &object, &new.content));
        problems.extend(check::audience(ctx, &new.audience).await?);
        if problems.is_empty() && ctx.tenant.store.count_saved_views(owner).await? >= MAX_VIEWS {
            problems.push(Problem::error("field.range", format!("one user has at most {MAX_VIEWS} saved views")).with("max", MAX_VIEWS));
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let view = StoredView {
            id: self.new_id(ctx),
            object: new.object,
            owner,
            name,
            content: new.content,
            audience: new.audience,
            version: 1,
            created_at: ctx.now,
            updated_at: ctx.now,
        };
        ctx.tenant.store.add_saved_view(&view).await.map_err(|error| taken(error, &view.name))?;
        self.one_view(ctx, &reader(ctx), view).await
    }

    /// Changes a view: its owner, and an administrator where it is shared. Only what is given is checked, so that a view with a lost
    /// column can still be renamed.
    pub async fn update_saved_view(&self, ctx: &Ctx, id: Uuid, patch: ViewPatch, expect: Option<i64>) -> Outcome<SavedView> {
        let reader = reader(ctx);
        let mut view = editable(ctx, &reader, id, expect).await?;
        let object = read::object(ctx, &view.object)?;
        let mut problems = Vec::new();
        if let Some(name) = patch.name {
            let (name, wrong) = named(&name);
            view.name = name;
            problems.extend(wrong);
        }
        if let Some(content) = patch.content {
            problems.extend(check::content(ctx, &object, &content));
            view.content = content;
        }
        if let Some(audience) = patch.audience {
            problems.extend(check::audience(ctx, &audience).await?);
            view.audience = audience;
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        view.version += 1;
        view.updated_at = ctx.now;
        let written = ctx.tenant.store.change_saved_view(&view).await.map_err(|error| taken(error, &view.name))?;
        if !written {
            return Err(stale(view.version - 1));
        }
        self.one_view(ctx, &reader, view).await
    }

    /// Deletes a view; the same people may.
    pub async fn delete_saved_view(&self, ctx: &Ctx, id: Uuid, expect: Option<i64>) -> Outcome<()> {
        let view = editable(ctx, &reader(ctx), id, expect).await?;
        match ctx.tenant.store.remove_saved_view(id, view.version).await? {
            true => Ok(()),
            false => Err(stale(view.version)),
        }
    }

    async fn one_view(&self, ctx: &Ctx, reader: &Reader, view: StoredView) -> Outcome<SavedView> {
        let shown = self.shown_views(ctx, reader, vec![view]).await?.pop();
        shown.ok_or_else(|| Refusal::internal(&"a view was not shown"))
    }

    async fn shown_views(&self, ctx: &Ctx, reader: &Reader, views: Vec<StoredView>) -> Outcome<Vec<SavedView>> {
        let mut owners: Vec<Uuid> = views.iter().map(|view| view.owner).collect();
        owners.sort();
        owners.dedup();
        let names = self.titles(ctx, "user", &owners).await?;
        let show = |view: StoredView| {
            let object = read::object(ctx, &view.object)?;
            let (problems, usable) = check::usable(ctx, &object, &view.content);
            Ok(SavedView {
                editable: view.audience.is_edited_by(view.owner, reader),
                owner_name: names.get(&view.owner).cloned().unwrap_or_default(),
                id: view.id,
                object: view.object,
                name: view.name,
                owner: view.owner,
                content: view.content,
                audience: view.audience,
                version: view.version,
                created_at: view.created_at,
                updated_at: view.updated_at,
                problems,
                usable,
            })
        };
        views.into_iter().map(show).collect()
    }
}

/// The object is there and the actor may view records of it. Nobody looks into the private views of another with that one's eyes.
fn is_open(ctx: &Ctx, view: &StoredView) -> bool {
    let somebody_elses = ctx.viewer.is_some_and(|viewer| viewer != view.owner) && view.audience.is_private();
    !somebody_elses && read::object(ctx, &view.object).is_ok_and(|object| read::viewable(ctx, &object).is_ok())
}

fn reader(ctx: &Ctx) -> Reader {
    let actor: &Actor = &ctx.actor;
    Reader {
        user: actor.user,
        roles: actor.roles.iter().map(|role| role.key.clone()).collect(),
        departments: departments_above(&actor.departments, &ctx.snapshot.tree),
        teams: actor.subjects.iter().filter_map(|subject| if let Subject::Team(team) = subject { Some(*team) } else { None }).collect(),
        administrator: actor.is_administrator(),
    }
}

async fn visible(ctx: &Ctx, reader: &Reader, id: Uuid) -> Outcome<StoredView> {
    let found = ctx.tenant.store.find_saved_view(id).await?;
    found.filter(|view| view.audience.is_seen_by(view.owner, reader) && is_open(ctx, view)).ok_or_else(|| Refusal::not_found("saved view"))
}

async fn editable(ctx: &Ctx, reader: &Reader, id: Uuid, expect: Option<i64>) -> Outcome<StoredView> {
    let view = visible(ctx, reader, id).await?;
    if !view.audience.is_edited_by(view.owner, reader) {
        return Err(Refusal::denied("to be the view's owner or an administrator"));
    }
    match expect {
        Some(version) if version != view.version => Err(stale(view.version)),
        _ => Ok(view),
    }
}

fn named(name: &str) -> (String, Vec<Problem>) {
    let name = name.trim().to_owned();
    let problem = match name.chars().count() {
        0 => Some(Problem::error("field.required", "a view needs a name").on("name")),
        length if length > MAX_NAME => {
            let most = i64::try_from(MAX_NAME).unwrap_or(i64::MAX);
            Some(
                Problem::error("field.range", format!("a name has at most {MAX_NAME} characters"))
                    .on("name")
                    .with("length", most)
                    .with("max", most),
            )
        }
        _ if name.chars().any(char::is_control) => Some(Problem::error("field.type", "a name is one line of text").on("name")),
        _ => None,
    };
    (name, problem.into_iter().collect())
}

fn taken(error: StoreError, name: &str) -> Refusal {
    match error.unique_violation() {
        Some(_) => {
            let problem = Problem::error("field.not_unique", "there is a view of this name already").on("name");
            problem.with("value", Value::from(name.to_owned())).into()
        }
        None => error.into(),
    }
}

fn stale(version: i64) -> Refusal {
    Problem::error("record.version_conflict", "somebody else changed this view first").with("version", version).into()
}
