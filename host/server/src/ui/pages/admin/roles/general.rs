//! What a role is called, what its post is about, the smallest group it sees figures of, and its special rights.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::Label;
use guanxi_core::policy::{Role, Special};

use super::super::problems::place;
use super::super::words::{label, label_controls};
use super::super::{Admin, AdminPosted, addresses};
use super::{Tab, role_page};
use crate::engine::{Outcome, Refusal};
use crate::texts::{Texts, t};
use crate::ui::components::card::{Card, card};
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::form::{Form, FormSection, form as form_markup};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Posted, Visit, answer};

/// `GET /admin/roles/{key}/general`
pub(super) async fn show(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let shown: Outcome<Response> = async {
        let role = visit.engine().get_role(&visit.ctx, &key).await?;
        Ok(page(&visit, &role, &Typed::of(&role), None))
    }
    .await;
    answer(&visit, shown)
}

/// `POST /admin/roles/{key}/general`
pub(super) async fn submit(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let before = visit.engine().get_role(&visit.ctx, &key).await?;
        let seen = posted.get("revision").parse().unwrap_or(before.revision);
        let typed = Typed::posted(&posted);
        let outcome = match typed.role(&before) {
            Ok(role) => visit.engine().put_role(&visit.ctx, role, Some(seen)).await,
            Err(problem) => Err(problem.into()),
        };
        match outcome {
            Ok(saved) => {
                let words = t(visit.locale()).role_saved(saved.label.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::role_general(&key), &Flash::done(words)))
            }
            Err(refusal) => Ok(page(visit, &before, &typed, Some(&refusal))),
        }
    }
    .await;
    answer(visit, saved)
}

/// The form as it was typed.
#[derive(Default)]
struct Typed {
    label: [String; 2],
    description: [String; 2],
    duties: [String; 2],
    min_group: String,
    special: Vec<String>,
}

impl Typed {
    fn of(role: &Role) -> Self {
        let lines = |pick: fn(&Label) -> &str| role.duties.iter().map(pick).collect::<Vec<_>>().join("\n");
        Self {
            label: [role.label.zh.clone(), role.label.en.clone()],
            description: [role.description.zh.clone(), role.description.en.clone()],
            duties: [lines(|duty| &duty.zh), lines(|duty| &duty.en)],
            min_group: role.min_group.map(|least| least.to_string()).unwrap_or_default(),
            special: role.special.iter().map(|special| special.name().to_owned()).collect(),
        }
    }

    fn posted(posted: &Posted) -> Self {
        let text = |name: &str| posted.get(name).trim().to_owned();
        Self {
            label: [text("label_zh"), text("label_en")],
            description: [text("description_zh"), text("description_en")],
            duties: [text("duties_zh"), text("duties_en")],
            min_group: text("min_group"),
            special: posted.all("special").filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        }
    }

    /// The role with all of it.
    fn role(&self, before: &Role) -> Result<Role, guanxi_core::Problem> {
        let both = |[zh, en]: &[String; 2]| label(zh, en);
        let min_group = match self.min_group.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| {
                guanxi_core::Problem::error("field.range", "the smallest group is a whole number").on("min_group").with("min", 1)
            })?),
        };
        let [zh, en] = &self.duties;
        let (zh, en): (Vec<&str>, Vec<&str>) = (zh.lines().map(str::trim).collect(), en.lines().map(str::trim).collect());
        let line = |lines: &[&str], at: usize| lines.get(at).copied().unwrap_or_default().to_owned();
        let duties = (0..zh.len().max(en.len())).map(|at| label(&line(&zh, at), &line(&en, at)));
        Ok(Role {
            label: both(&self.label),
            description: both(&self.description),
            duties: duties.filter(|duty| !duty.zh.is_empty()).collect(),
            min_group,
            special: self.special.iter().filter_map(|name| Special::parse(name)).collect(),
            ..before.clone()
        })
    }
}

fn page(visit: &Visit, role: &Role, typed: &Typed, refusal: Option<&Refusal>) -> Response {
    let mut form = form(visit, role, typed);
    if let Some(refusal) = refusal {
        place(visit, &mut form, refusal, &[("label", "label_zh"), ("description", "description_zh"), ("duties", "duties_zh")]);
    }
    let content = card(&Card::new(t(visit.locale()).role_general_tab(), form_markup(visit.locale(), &form)));
    let mut response = role_page(visit, role, Tab::General, None, content);
    if let Some(refusal) = refusal {
        *response.status_mut() = super::super::status_of(refusal);
    }
    response
}

fn form(visit: &Visit, role: &Role, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let [zh, en] = label_controls(visit, &typed.label[0], &typed.label[1]);
    let long = |name: &str, label: &str, value: &str| Control::new(name, label, ControlKind::LongText { max: None }).value(value);
    let mut choices: Vec<Choice> = Special::ALL.iter().map(|special| Choice::new(special.name(), special_words(texts, special))).collect();
    // What plugins declare has no words of ours.
    let named = role.special.iter().filter(|special| matches!(special, Special::Named(_)));
    choices.extend(named.map(|special| Choice::new(special.name(), special.name())));
    let least = Control::new("min_group", texts.min_group(), ControlKind::Number).value(&typed.min_group).help(texts.min_group_help());
    let special = Control::new("special", texts.special_rights(), ControlKind::Several { choices }).value(typed.special.join(","));
    let mut controls = vec![
        zh,
        en,
        long("description_zh", texts.description_zh(), &typed.description[0]),
        long("description_en", texts.description_en(), &typed.description[1]),
        long("duties_zh", texts.duties_zh(), &typed.duties[0]),
        long("duties_en", texts.duties_en(), &typed.duties[1]),
    ];
    if !role.administrator {
        controls.extend([least, special]);
    }
    Form {
        address: addresses::role_general(&role.key),
        token: visit.session.csrf.clone(),
        hidden: vec![("revision".into(), role.revision.to_string())],
        sections: vec![FormSection::new("", controls)],
        ..Form::default()
    }
}

/// A special right in words; a plugin's by its name.
pub(in super::super) fn special_words(texts: Texts, special: &Special) -> String {
    match special {
        Special::LogView => texts.special_log_view().into(),
        Special::UomMaintain => texts.special_uom_maintain().into(),
        Special::SchedulerManage => texts.special_scheduler_manage().into(),
        Special::Named(name) => name.clone(),
    }
}
