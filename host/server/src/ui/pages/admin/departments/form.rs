//! The form of a department: its name, what stands above it, and who manages it.

use uuid::Uuid;

use super::super::super::records::references;
use super::super::addresses;
use crate::engine::{DepartmentChange, DepartmentInfo, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::control::{Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::visit::{Posted, Visit};
use guanxi_core::Problem;

/// Longest name.
const LONGEST_NAME: u32 = 255;

/// What the form holds, as typed.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) above: String,
    /// Ids between commas.
    pub(super) managers: String,
    /// Words to find a record by, without script, and for which control.
    pub(super) find: Option<(String, String)>,
}

impl Typed {
    pub(super) fn of(department: &DepartmentInfo) -> Self {
        let managers: Vec<String> = department.managers.iter().map(Uuid::to_string).collect();
        Self {
            name: department.name.clone(),
            above: department.parent.map(|id| id.to_string()).unwrap_or_default(),
            managers: managers.join(","),
            find: None,
        }
    }

    pub(super) fn posted(posted: &Posted) -> Self {
        let text = |name: &str| posted.get(name).trim().to_owned();
        let find = Some(text("find")).filter(|name| !name.is_empty());
        Self {
            name: text("name"),
            above: text("above"),
            managers: posted.all("managers").filter(|id| !id.is_empty()).collect::<Vec<_>>().join(","),
            find: find.map(|name| (text(&format!("{name}.find")), name)),
        }
    }

    /// The whole department as the engine takes it.
    pub(super) fn change(&self, expect: Option<i64>) -> Outcome<DepartmentChange> {
        let id = |text: &str, field: &str| {
            let problem = || Problem::error("reference.not_found", "this is no id").on(field).with("value", text.to_owned());
            Uuid::try_parse(text).map_err(|_| Refusal::from(problem()))
        };
        let above = if self.above.is_empty() { None } else { Some(id(&self.above, "parent")?) };
        let managers: Outcome<Vec<Uuid>> =
            self.managers.split(',').filter(|text| !text.is_empty()).map(|text| id(text, "managers")).collect();
        Ok(DepartmentChange { name: Some(self.name.clone()), parent: Some(above), managers: Some(managers?), expect })
    }
}

/// The form of a department, or of a new one.
pub(super) async fn form(visit: &Visit, typed: &Typed, department: Option<&DepartmentInfo>) -> Outcome<Form> {
    let texts = t(visit.locale());
    let words =
        |name: &str| typed.find.as_ref().filter(|(_, control)| control == name).map(|(words, _)| words.as_str()).unwrap_or_default();
    let above = references::choices(visit, "department", &typed.above, words("above")).await?;
    let managers = references::many(visit, "user", &typed.managers, words("managers")).await?;
    let controls = vec![
        Control::new("name", texts.label_name(), ControlKind::Text { max: Some(LONGEST_NAME) }).value(&typed.name).required(),
        Control::new("above", texts.department_above(), ControlKind::Reference(above)).value(&typed.above),
        Control::new("managers", texts.department_managers(), ControlKind::ManyReference(managers))
            .value(&typed.managers)
            .help(texts.department_managers_help()),
    ];
    Ok(Form {
        address: department.map_or_else(|| addresses::new_department(None), |one| addresses::department(one.id)),
        token: visit.session.csrf.clone(),
        hidden: department.map(|one| ("version".to_owned(), one.version.to_string())).into_iter().collect(),
        sections: vec![FormSection::new("", controls)],
        save: if department.is_some() { texts.save() } else { texts.create_it() }.into(),
        cancel: Some(addresses::DEPARTMENTS.into()),
        ..Form::default()
    })
}

/// Where the engine's fields stand on the form.
pub(super) const ALIASES: [(&str, &str); 2] = [("parent", "above"), ("manager", "managers")];
