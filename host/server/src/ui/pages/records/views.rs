//! Saved views above a list: tabs, what is not saved yet, and the forms that save, rename, share and delete them.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::meta::Object;
use guanxi_core::saved_view::{Audience, ViewContent, ViewKind};
use maud::{Markup, html};
use uuid::Uuid;

use super::super::params::Params;
use super::asked::{Asked, split};
use super::panel::{self, InPanel, Panel};
use super::{id_of, object_of, references};
use crate::engine::{NewView, Outcome, Refusal, SavedView, ViewPatch};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::control::{Choice, Control, ControlKind, control};
use crate::ui::components::form::token_field;
use crate::ui::components::icon::{Icon, icon_small};
use crate::ui::components::note::{Flash, Note, note};
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::{field_problem, problem_words};
use crate::ui::{flash, urls};

/// Tabs in sight; the others are in the menu behind them.
const TABS: usize = 6;
/// Departments and teams to choose from.
const CHOICES: u32 = 100;

/// The tabs, and the way to save.
pub(super) fn tabs(visit: &Visit, asked: &Asked) -> Markup {
    let texts = t(visit.locale());
    let current = asked.saved.as_ref().map(|view| view.id);
    let plain = ViewContent::default();
    let may_keep = !visit.ctx.is_viewing();
    let changed = asked.is_changed() || (current.is_none() && asked.look != plain);
    // The one that is shown is always in sight.
    let mut order: Vec<&SavedView> = asked.views.iter().collect();
    order.sort_by_key(|view| Some(view.id) != current && asked.views.iter().position(|each| each.id == view.id).unwrap_or(0) >= TABS);
    let (shown, rest) = order.split_at(order.len().min(TABS));
    let tab = |view: &&SavedView| {
        let drawing = match view.content.kind {
            ViewKind::List => None,
            ViewKind::Board => Some(Icon::Kanban),
            ViewKind::Calendar => Some(Icon::Calendar),
        };
        html! {
            @if let Some(drawing) = drawing { (icon_small(drawing)) }
            (view.name)
            @if !view.audience.is_private() { span.faint title=(texts.view_by(&view.owner_name)) { (icon_small(Icon::Users)) span.sr { (texts.view_shared()) } } }
        }
    };
    html! {
        nav.tabs.views aria-label=(texts.views()) {
            a href=(asked.plain(|_| {})) aria-current=[current.is_none().then_some("page")] { (texts.all_records()) }
            @for view in shown { a href=(address(&asked.object, view.id)) aria-current=[(Some(view.id) == current).then_some("page")] { (tab(view)) } }
            @if !rest.is_empty() {
                a href=(asked.tool("views", &[("all", "1")])) data-panel { (texts.view_more()) span.count { (rest.len()) } }
            }
            span.row.end.view-acts {
                @if changed && current.is_some() {
                    span.tag.accent { (texts.view_unsaved()) }
                    @if let Some(view) = asked.saved.as_ref().filter(|view| view.editable && may_keep) { (save_changes(visit, asked, view)) }
                    a.link href=(address(&asked.object, current.unwrap_or_default())) { (texts.view_reset()) }
                }
                @if may_keep && (changed || current.is_none()) {
                    a.btn.quiet href=(asked.tool("views", &[])) data-panel { (crate::ui::components::icon::icon(Icon::Plus)) span.only-wide { (texts.view_save_new()) } span.only-narrow.sr { (texts.view_save_new()) } }
                }
                @if let Some(view) = asked.saved.as_ref().filter(|_| !changed && may_keep) {
                    a.btn.quiet.icon href=(asked.tool("views", &[("edit", &view.id.to_string())])) data-panel aria-label=(texts.view_settings()) title=(texts.view_settings()) {
                        (crate::ui::components::icon::icon(Icon::Cog))
                    }
                }
            }
        }
    }
}

/// A saved view's address.
fn address(object: &str, view: Uuid) -> String {
    urls::with_query(&urls::list(object), &[("saved", &view.to_string())])
}

/// One click keeps what was changed.
fn save_changes(visit: &Visit, asked: &Asked, view: &SavedView) -> Markup {
    html! {
        form.inline method="post" action=(urls::views(&asked.object, Some(view.id))) data-once {
            (token_field(&visit.session.csrf))
            input type="hidden" name="version" value=(view.version);
            (carried(&asked.look))
            button.btn name="then" value="content" { (t(visit.locale()).view_save()) }
        }
    }
}

/// What the view shows, as hidden parameters.
fn carried(look: &ViewContent) -> Markup {
    let group = look.group_field.as_deref().unwrap_or_default();
    let pairs = [
        ("view", look.kind.name()),
        ("filter", &look.filter),
        ("sort", &look.sort),
        ("columns", &look.columns.join(",")),
        ("by", group),
        ("on", look.date_field.as_deref().unwrap_or_default()),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    html! { @for (name, value) in &pairs { input type="hidden" name=(name) value=(value); } }
}

fn content(posted: &Posted) -> ViewContent {
    let some = |name: &str| Some(posted.get(name).to_owned()).filter(|text| !text.is_empty());
    ViewContent {
        kind: ViewKind::parse(posted.get("view")).unwrap_or_default(),
        filter: posted.get("filter").to_owned(),
        sort: posted.get("sort").to_owned(),
        columns: split(posted.get("columns")),
        group_field: some("by"),
        date_field: some("on"),
    }
}

/// `GET /o/{object}/views`: the form of a new view, of one (`edit`), or the list of all (`all`).
pub(super) async fn show(visit: Visit, Path(key): Path<String>, params: Params, in_panel: InPanel) -> Response {
    let outcome: Outcome<Response> = async {
        let (visit, object) = (&visit, object_of(&visit, &key)?);
        let asked = Asked::new(visit, &object, &params).await?;
        if !params.get("all").is_empty() {
            return Ok(panel::answer(visit, &object, in_panel, all(visit, &asked)));
        }
        visit.ctx.must_not_be_viewing()?;
        let draft = match Uuid::parse_str(params.get("edit")) {
            Ok(id) => Draft { usual: asked.usual == Some(id), ..Draft::of(visit.engine().saved_view(&visit.ctx, id).await?) },
            Err(_) => Draft { look: asked.look.clone(), ..Draft::default() },
        };
        let panel = draft.panel(visit, &object, None).await?;
        Ok(panel::answer(visit, &object, in_panel, panel))
    }
    .await;
    answer(&visit, outcome)
}

fn all(visit: &Visit, asked: &Asked) -> Panel {
    let texts = t(visit.locale());
    let body = html! {
        ul.choices {
            @for view in &asked.views {
                li { a.opt href=(address(&asked.object, view.id)) { (view.name) span.end.small.faint { @if view.audience.is_private() { (texts.view_private()) } @else { (view.owner_name) } } } }
            }
        }
    };
    Panel::new(texts.views(), asked.address(|_| {}), body)
}

/// What the form of a view holds.
#[derive(Default)]
struct Draft {
    id: Option<Uuid>,
    version: i64,
    name: String,
    look: ViewContent,
    audience: Audience,
    /// The list opens with it.
    usual: bool,
    /// Somebody else's: only whether the list opens with it can be chosen.
    foreign: bool,
}

impl Draft {
    fn of(view: SavedView) -> Self {
        let foreign = !view.editable;
        Self {
            id: Some(view.id),
            version: view.version,
            name: view.name,
            look: view.content,
            audience: view.audience,
            usual: false,
            foreign,
        }
    }

    fn posted(posted: &Posted, id: Option<Uuid>) -> Self {
        let ids = |name: &'static str| posted.all(name).filter_map(|id| Uuid::parse_str(id).ok()).collect();
        let audience = Audience {
            everyone: posted.get("everyone") == "true",
            roles: posted.all("roles").filter(|role| !role.is_empty()).map(str::to_owned).collect(),
            departments: ids("departments"),
            teams: ids("teams"),
        };
        let version = posted.get("version").parse().unwrap_or_default();
        let usual = posted.get("usual") == "true";
        Self { id, version, name: posted.get("name").trim().to_owned(), look: content(posted), audience, usual, foreign: false }
    }

    async fn panel(&self, visit: &Visit, object: &Object, refusal: Option<&Refusal>) -> Outcome<Panel> {
        let (locale, texts) = (visit.locale(), t(visit.locale()));
        let mut name = Control::new("name", texts.view_name(), ControlKind::Text { max: Some(100) }).value(self.name.as_str()).required();
        let mut rest: Vec<String> = Vec::new();
        for problem in refusal.iter().flat_map(|refusal| &refusal.problems) {
            match problem.field.as_deref() {
                Some("name") => name.problems.push(field_problem(&visit.ctx, problem)),
                _ => rest.push(problem_words(&visit.ctx, problem)),
            }
        }
        let ids = |ids: &[Uuid]| ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",");
        let mut sharing =
            vec![Control::new("everyone", texts.view_everyone(), ControlKind::Bool).value(self.audience.everyone.to_string())];
        let roles = roles(visit);
        if !roles.is_empty() {
            sharing.push(
                Control::new("roles", texts.view_roles(), ControlKind::Several { choices: roles }).value(self.audience.roles.join(",")),
            );
        }
        for (key, words, chosen) in
            [("departments", texts.view_departments(), &self.audience.departments), ("teams", texts.view_teams(), &self.audience.teams)]
        {
            let target = key.trim_end_matches('s');
            let Some(listed) = references::list(visit, target, "", CHOICES).await? else { continue };
            let choices: Vec<Choice> = listed.records.into_iter().map(|(id, title)| Choice::new(id.to_string(), title)).collect();
            if !choices.is_empty() {
                sharing.push(Control::new(key, words, ControlKind::Several { choices }).value(ids(chosen)));
            }
        }
        let back = self.id.map_or_else(|| super::asked::with_pairs(&urls::list(&object.key), &[]), |id| address(&object.key, id));
        let (title, then) = if self.foreign {
            (texts.view_settings(), "usual")
        } else if self.id.is_some() {
            (texts.view_settings(), "settings")
        } else {
            (texts.view_save_as(), "new")
        };
        let act = |words: &str, value: &str| Button {
            action: Action::SubmitValue { name: "then".into(), value: value.into() },
            ..Button::submit(words).big()
        };
        let body = html! {
            form.stack.tight method="post" action=(urls::views(&object.key, self.id)) data-panel-form data-once {
                div.sr aria-hidden="true" { button tabindex="-1" name="then" value=(then) { (texts.save()) } }
                (token_field(&visit.session.csrf))
                input type="hidden" name="version" value=(self.version);
                (carried(&self.look))
                @for words in &rest { (note(&Note::new(Tone::Bad, words.clone(), ""))) }
                @if !self.foreign { (control(locale, &name)) }
                (control(locale, &Control::new("usual", texts.view_default(), ControlKind::Bool).value(self.usual.to_string())))
                @if !self.foreign { details.sharing open[!self.audience.is_private()] {
                    summary { (texts.view_shared_with()) span.faint { " · " @if self.audience.is_private() { (texts.view_private()) } @else { (texts.view_shared()) } } }
                    div.stack.tight { p.help { (texts.view_sharing_help()) } @for each in &sharing { (control(locale, each)) } }
                } }
                div.row.wrap.panel-acts { (button(&act(texts.save(), then).kind(ButtonKind::Primary))) }
                @if self.id.is_some() && !self.foreign {
                    details.deleting {
                        summary.link { (texts.view_delete()) }
                        p.help { (texts.view_delete_question(&self.name)) " " (texts.view_delete_hint()) }
                        (button(&act(texts.view_delete(), "delete").kind(ButtonKind::Danger)))
                    }
                }
            }
        };
        let mut panel = Panel::new(title, back, body);
        if let Some(refusal) = refusal {
            panel.status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        }
        Ok(panel)
    }
}

fn roles(visit: &Visit) -> Vec<Choice> {
    let mut roles: Vec<Choice> =
        visit.ctx.snapshot.roles.values().map(|role| Choice::new(&role.key, role.label.get(visit.locale()))).collect();
    roles.sort_by(|a, b| a.label.cmp(&b.label));
    roles
}

/// `POST /o/{object}/views`: a new view.
pub(super) async fn create(Path(key): Path<String>, in_panel: InPanel, posted: Posted) -> Response {
    let outcome: Outcome<Response> = async {
        let visit = &posted.visit;
        let object = object_of(visit, &key)?;
        let draft = Draft::posted(&posted, None);
        let new = NewView { object: key.clone(), name: draft.name.clone(), content: draft.look.clone(), audience: draft.audience.clone() };
        match visit.engine().create_saved_view(&visit.ctx, new).await {
            Ok(view) => {
                opens_with(visit, &key, view.id, draft.usual).await?;
                Ok(done(visit, in_panel, &address(&key, view.id), t(visit.locale()).view_saved(&view.name)))
            }
            Err(refusal) => again(visit, &object, &draft, in_panel, refusal).await,
        }
    }
    .await;
    answer(&posted.visit, outcome)
}

/// `POST /o/{object}/views/{id}` with `then`: `content`, `settings` or `delete`.
pub(super) async fn change(Path((key, id)): Path<(String, String)>, in_panel: InPanel, posted: Posted) -> Response {
    let outcome: Outcome<Response> = async {
        let (visit, id) = (&posted.visit, id_of(&id)?);
        let (object, draft) = (object_of(visit, &key)?, Draft::posted(&posted, Some(id)));
        let texts = t(visit.locale());
        let expect = Some(draft.version);
        let saved = match posted.get("then") {
            "delete" => {
                let view = visit.engine().saved_view(&visit.ctx, id).await?;
                visit.engine().delete_saved_view(&visit.ctx, id, expect).await?;
                return Ok(done(visit, in_panel, &urls::list(&key), texts.view_deleted(&view.name)));
            }
            "usual" => visit.engine().saved_view(&visit.ctx, id).await?,
            "content" => {
                let patch = ViewPatch { content: Some(draft.look.clone()), ..ViewPatch::default() };
                visit.engine().update_saved_view(&visit.ctx, id, patch, expect).await?
            }
            _ => {
                let patch = ViewPatch { name: Some(draft.name.clone()), audience: Some(draft.audience.clone()), ..ViewPatch::default() };
                match visit.engine().update_saved_view(&visit.ctx, id, patch, expect).await {
                    Ok(view) => view,
                    Err(refusal) => return again(visit, &object, &draft, in_panel, refusal).await,
                }
            }
        };
        if posted.get("then") != "content" {
            opens_with(visit, &key, id, draft.usual).await?;
        }
        Ok(done(visit, in_panel, &address(&key, id), texts.view_saved(&saved.name)))
    }
    .await;
    answer(&posted.visit, outcome)
}

/// Keeps whether the list opens with a view.
async fn opens_with(visit: &Visit, object: &str, view: Uuid, usual: bool) -> Outcome<()> {
    let now = visit.engine().default_view(&visit.ctx, object).await?;
    match usual {
        true if now != Some(view) => visit.engine().choose_default_view(&visit.ctx, object, Some(view)).await,
        false if now == Some(view) => visit.engine().choose_default_view(&visit.ctx, object, None).await,
        _ => Ok(()),
    }
}

/// On to the list, with what was done.
fn done(visit: &Visit, in_panel: InPanel, to: &str, words: String) -> Response {
    let mut response = flash::redirect(&visit.app, to, &Flash::done(words));
    if in_panel.0 {
        // The script follows by itself; the message waits in its cookie.
        let said = response.headers().get(axum::http::header::SET_COOKIE).cloned();
        response = panel::go(in_panel, to);
        response.headers_mut().extend(said.map(|said| (axum::http::header::SET_COOKIE, said)));
    }
    response
}

async fn again(visit: &Visit, object: &Arc<Object>, draft: &Draft, in_panel: InPanel, refusal: Refusal) -> Outcome<Response> {
    if matches!(refusal.status, 403 | 404) || refusal.status >= 500 {
        return Err(refusal);
    }
    let panel = draft.panel(visit, object, Some(&refusal)).await?;
    Ok(panel::answer(visit, object, in_panel, panel))
}
