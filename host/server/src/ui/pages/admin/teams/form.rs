//! The form of a team: its name and its members.

use guanxi_store::Team;
use uuid::Uuid;

use super::super::super::records::references;
use super::super::addresses;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::control::{Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::visit::{Posted, Visit};

/// Longest name.
const LONGEST_NAME: u32 = 80;

/// What the form holds, as typed.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) name: String,
    /// Ids between commas.
    members: String,
    /// Words to find somebody by, without script.
    pub(super) find: Option<String>,
}

impl Typed {
    pub(super) fn of(team: &Team) -> Self {
        Self { name: team.name.clone(), members: team.members.iter().map(Uuid::to_string).collect::<Vec<_>>().join(","), find: None }
    }

    pub(super) fn posted(posted: &Posted) -> Self {
        let looks = !posted.get("find").is_empty();
        Self {
            name: posted.get("name").trim().to_owned(),
            members: posted.all("members").filter(|id| !id.is_empty()).collect::<Vec<_>>().join(","),
            find: looks.then(|| posted.get("members.find").trim().to_owned()),
        }
    }

    /// The members; what is no id is nobody.
    pub(super) fn members(&self) -> Vec<Uuid> {
        self.members.split(',').filter_map(|id| Uuid::try_parse(id).ok()).collect()
    }
}

/// The form of a team, or of a new one.
pub(super) async fn form(visit: &Visit, typed: &Typed, team: Option<&Team>) -> Outcome<Form> {
    let texts = t(visit.locale());
    let members = references::many(visit, "user", &typed.members, typed.find.as_deref().unwrap_or_default()).await?;
    let controls = vec![
        Control::new("name", texts.label_name(), ControlKind::Text { max: Some(LONGEST_NAME) }).value(&typed.name).required(),
        Control::new("members", texts.team_members(), ControlKind::ManyReference(members)).value(&typed.members),
    ];
    Ok(Form {
        address: team.map_or_else(|| addresses::NEW_TEAM.to_owned(), |team| addresses::team(team.id)),
        token: visit.session.csrf.clone(),
        hidden: team.map(|team| ("revision".to_owned(), team.revision.to_string())).into_iter().collect(),
        sections: vec![FormSection::new("", controls)],
        save: if team.is_some() { texts.save() } else { texts.create_it() }.into(),
        cancel: Some(addresses::TEAMS.into()),
        ..Form::default()
    })
}
