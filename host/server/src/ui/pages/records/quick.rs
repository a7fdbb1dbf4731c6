//! What is done from a record's page without leaving it for long: an activity, a task, a note, files.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::attachments::ATTACHMENT;
use super::controls::form_text;
use super::record::Shown;
use super::{id_of, may, object_of};
use crate::engine::{Change, Outcome, Raw, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::files::UPLOAD_SUFFIX;
use crate::ui::components::form::token_field;
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::note::Flash;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::problem_words;
use crate::ui::{flash, urls};

/// The id of the dialog for files.
const FILES: &str = "attach";
/// The parameter of the files.
const FIELD: &str = "files";

/// The buttons; only for what the visitor may create.
pub(super) fn buttons(visit: &Visit, record: &Shown<'_>) -> Markup {
    if record.object.read_only || record.object.parent.is_some() {
        return html! {};
    }
    let texts = t(visit.locale());
    let work = [
        ("activity", texts.quick_activity(), Icon::Activity),
        ("task", texts.quick_task(), Icon::Check),
        ("note", texts.quick_note(), Icon::Chat),
    ];
    let links = work.into_iter().filter_map(|(key, label, drawing)| {
        let object = creatable(visit, key)?;
        Some(Button::link(label, address(visit, record, object)).kind(ButtonKind::Quiet).icon(drawing))
    });
    let mut all: Vec<Button> = links.collect();
    if creatable(visit, ATTACHMENT).is_some() {
        let action = Action::Dialog(FILES.to_owned());
        all.push(Button {
            label: texts.quick_attach().to_owned(),
            action,
            icon: Some(Icon::File),
            kind: ButtonKind::Quiet,
            ..Button::default()
        });
    }
    html! { @if !all.is_empty() { div.row.wrap.quick role="group" aria-label=(texts.quick_actions()) { @for each in &all { (button(each)) } } } }
}

fn creatable<'v>(visit: &'v Visit, key: &str) -> Option<&'v Object> {
    let object = visit.ctx.snapshot.schema.object(key)?;
    (may(visit, object, Function::Create) || (key == ATTACHMENT && visit.ctx.may(key, Function::Create))).then_some(object)
}

/// The form for a new piece of work, with what it is about filled in.
fn address(visit: &Visit, record: &Shown<'_>, object: &Object) -> String {
    let leads = |field: &str| object.field(field).and_then(|field| field.target()) == Some(record.object.key.as_str());
    let id = record.id.to_string();
    let about = format!("{}/{id}", record.object.key);
    let now = form_text(&FieldKind::DateTime, &Value::Instant(visit.ctx.now), visit.ctx.tenant.zone, visit.locale());
    let mut presets: Vec<(&str, &str)> = if leads(&record.object.key) { vec![(&record.object.key, &id)] } else { vec![("about", &about)] };
    if object.field("starts_at").is_some() {
        presets.push(("starts_at", &now));
    }
    urls::create_with(&object.key, &presets, &format!("{}#history", urls::record(&record.object.key, record.id)))
}

/// The dialog for files, at the end of the page.
pub(super) fn dialogs(visit: &Visit, record: &Shown<'_>) -> Markup {
    if record.object.read_only || record.object.parent.is_some() || creatable(visit, ATTACHMENT).is_none() {
        return html! {};
    }
    let texts = t(visit.locale());
    let heading = format!("{FILES}-title");
    html! {
        div.dialog id=(FILES) popover role="dialog" aria-labelledby=(heading) {
            header {
                h2 id=(heading) { (texts.quick_attach()) }
                button.btn.quiet.icon.end type="button" popovertarget=(FILES) popovertargetaction="hide" aria-label=(texts.close()) { (icon(Icon::Close)) }
            }
            form.row.wrap method="post" action=(urls::attach(&record.object.key, record.id)) enctype="multipart/form-data" data-once {
                (token_field(&visit.session.csrf))
                input.in.file type="file" multiple required name={ (FIELD) (UPLOAD_SUFFIX) } aria-label=(texts.quick_files());
                (button(&Button::submit(texts.quick_upload()).kind(ButtonKind::Primary).big()))
            }
        }
    }
}

/// `POST /o/{object}/{id}/attach` with files
pub(super) async fn attach(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let outcome = keep(&key, &id, &posted).await;
    answer(&posted.visit, outcome)
}

/// The files are stored by now; they are told what they are about.
async fn keep(key: &str, id: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    let back = format!("{}#history", urls::record(key, record.id));
    let texts = t(visit.locale());
    let stored: Vec<uuid::Uuid> = posted.all(FIELD).filter_map(|id| uuid::Uuid::parse_str(id).ok()).collect();
    if !posted.problems.is_empty() || stored.is_empty() {
        let words: Vec<String> = posted.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
        let said = if words.is_empty() { texts.quick_nothing_chosen().to_owned() } else { words.join(" · ") };
        return Ok(flash::redirect(&visit.app, &back, &Flash { tone: Tone::Bad, ..Flash::done(said) }));
    }
    let about = format!("{key}/{}", record.id);
    let told = |id: &uuid::Uuid| Change::Update {
        object: ATTACHMENT.to_owned(),
        id: *id,
        expect: None,
        fields: vec![("about".to_owned(), Raw::Text(about.clone()))],
    };
    for outcome in visit.engine().save(&visit.ctx, stored.iter().map(told).collect(), SaveOptions::default()).await? {
        outcome.map_err(|refusal: Refusal| refusal)?;
    }
    let number = u64::try_from(stored.len()).unwrap_or(u64::MAX);
    Ok(flash::redirect(&visit.app, &back, &Flash::done(texts.quick_attached(number))))
}
