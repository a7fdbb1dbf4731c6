//! The form of a user: the record's fields and the roles beside them.

use uuid::Uuid;

use super::super::super::records::references;
use super::super::addresses;
use super::roles;
use crate::engine::{Outcome, Raw, RecordView};
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::visit::{Posted, Visit};

/// Longest name.
const LONGEST_NAME: u32 = 255;

/// What the form holds, as typed.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) department: String,
    pub(super) manager: String,
    pub(super) roles: Vec<String>,
    pub(super) active: bool,
    /// Words to find a department or a manager by, without script.
    pub(super) find: Option<(String, String)>,
}

impl Typed {
    pub(super) fn posted(posted: &Posted) -> Self {
        let text = |name: &str| posted.get(name).trim().to_owned();
        let find = Some(text("find")).filter(|name| !name.is_empty());
        Self {
            name: text("name"),
            email: text("email"),
            department: text("department"),
            manager: text("manager"),
            roles: posted.all("roles").filter(|key| !key.is_empty()).map(str::to_owned).collect(),
            active: posted.get("active") != "false",
            find: find.map(|name| (text(&format!("{name}.find")), name)),
        }
    }

    pub(super) fn of(user: &RecordView, roles: Vec<String>) -> Self {
        let text = |field: &str| super::text(user, field);
        Self {
            name: text("name"),
            email: text("email"),
            department: text("department"),
            manager: text("manager"),
            roles,
            active: text("active") != "false",
            find: None,
        }
    }

    /// The form was sent to look for a record, not to be saved.
    pub(super) fn is_search(&self) -> bool {
        self.find.is_some()
    }

    /// The record's fields.
    pub(super) fn fields(&self) -> Vec<(String, Raw)> {
        let field = |key: &str, text: &str| (key.to_owned(), Raw::Text(text.to_owned()));
        vec![
            field("name", &self.name),
            field("email", &self.email),
            field("department", &self.department),
            field("manager", &self.manager),
            field("active", if self.active { "true" } else { "false" }),
        ]
    }
}

/// The form. `id` is the user that is changed; a new one gets a first password instead of being active or not.
pub(super) async fn form(visit: &Visit, typed: &Typed, id: Option<Uuid>, version: i64) -> Outcome<Form> {
    let texts = t(visit.locale());
    let words = |name: &str| typed.find.as_ref().filter(|(_, field)| field == name).map(|(words, _)| words.as_str()).unwrap_or_default();
    let department = references::choices(visit, "department", &typed.department, words("department")).await?;
    let manager = references::choices(visit, "user", &typed.manager, words("manager")).await?;
    let choices = roles(visit).iter().map(|role| Choice::new(&role.key, role.label.get(visit.locale()))).collect();
    let line = |name: &str, label: &str, value: &str, kind: ControlKind| Control::new(name, label, kind).value(value);
    let mut controls = vec![
        line("name", texts.name(), &typed.name, ControlKind::Text { max: Some(LONGEST_NAME) }).required(),
        line("email", texts.email(), &typed.email, ControlKind::Email).required(),
        line("department", texts.department(), &typed.department, ControlKind::Reference(department)),
        line("manager", texts.manager(), &typed.manager, ControlKind::Reference(manager)),
        line("roles", texts.roles_of_user(), &typed.roles.join(","), ControlKind::Several { choices }).help(texts.roles_hint()),
    ];
    controls.push(match id {
        Some(_) => {
            line("active", texts.active_user(), if typed.active { "true" } else { "false" }, ControlKind::Bool).help(texts.active_help())
        }
        None => Control::new("password", texts.initial_password(), ControlKind::Password { new: true }).help(texts.initial_password_help()),
    });
    Ok(Form {
        address: id.map_or_else(|| addresses::NEW_USER.to_owned(), addresses::user),
        token: visit.session.csrf.clone(),
        hidden: id.map(|_| ("version".to_owned(), version.to_string())).into_iter().collect(),
        sections: vec![FormSection::new("", controls)],
        save: if id.is_some() { texts.save() } else { texts.create_it() }.into(),
        cancel: Some(addresses::USERS.into()),
        ..Form::default()
    })
}
