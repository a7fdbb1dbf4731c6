//! Saved views: what a list, board or calendar shows under a name, and for whom it is. A view holds no records and gives no rights: whoever
//! opens it sees their own rows through it.

use uuid::Uuid;

/// The shape in which records are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ViewKind {
    /// A table.
    #[default]
    List,
    /// Cards in columns, one for each value of a field.
    Board,
    /// Records on the days of a date.
    Calendar,
}

impl ViewKind {
    /// The name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Board => "board",
            Self::Calendar => "calendar",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::List, Self::Board, Self::Calendar].into_iter().find(|kind| kind.name() == name)
    }
}

/// What a view shows. All texts are as a list's address has them, so that `me` and `today` mean the reader and the day of reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewContent {
    /// The shape.
    pub kind: ViewKind,
    /// Condition; blank is all.
    pub filter: String,
    /// `-amount,name`; blank is newest first.
    pub sort: String,
    /// Field paths; none is the object's usual columns.
    pub columns: Vec<String>,
    /// What a board's columns, or the groups of a list, are.
    pub group_field: Option<String>,
    /// The date on which a record stands in a calendar.
    pub date_field: Option<String>,
}

/// For whom a view is beside its owner. The default is nobody: private.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Everybody of the tenant.
    pub everyone: bool,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Departments, with all below them.
    pub departments: Vec<Uuid>,
    /// Teams.
    pub teams: Vec<Uuid>,
}

/// Who wants to see a view.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The user; nobody where the host acts.
    pub user: Option<Uuid>,
    /// Keys of the user's roles.
    pub roles: Vec<String>,
    /// The user's departments and every department above them.
    pub departments: Vec<Uuid>,
    /// The user's teams.
    pub teams: Vec<Uuid>,
    /// May change the tenant's shape.
    pub administrator: bool,
}

impl Audience {
    /// For the owner alone.
    pub fn is_private(&self) -> bool {
        !self.everyone && self.roles.is_empty() && self.departments.is_empty() && self.teams.is_empty()
    }

    fn includes(&self, reader: &Reader) -> bool {
        self.everyone
            || self.roles.iter().any(|role| reader.roles.contains(role))
            || self.departments.iter().any(|department| reader.departments.contains(department))
            || self.teams.iter().any(|team| reader.teams.contains(team))
    }

    /// Whether a reader sees a view of this owner. What is private is nobody else's business, an administrator's neither.
    pub fn is_seen_by(&self, owner: Uuid, reader: &Reader) -> bool {
        reader.user == Some(owner) || self.includes(reader) || (reader.administrator && !self.is_private())
    }

    /// Whether a reader may change, share and delete a view of this owner.
    pub fn is_edited_by(&self, owner: Uuid, reader: &Reader) -> bool {
        reader.user == Some(owner) || (reader.administrator && !self.is_private())
    }
}

/// A department and all above it, of each of these; a cycle in the tree ends the walk.
pub fn departments_above(departments: &[Uuid], tree: &[(Uuid, Option<Uuid>)]) -> Vec<Uuid> {
    let mut found = Vec::new();
    for start in departments {
        let mut next = Some(*start);
        while let Some(department) = next.filter(|department| !found.contains(department)) {
            found.push(department);
            next = tree.iter().find(|(id, _)| *id == department).and_then(|(_, parent)| *parent);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn only_the_audience_sees_a_view() {
        let owner = id(1);
        let tree = [(id(10), None), (id(11), Some(id(10))), (id(12), Some(id(12)))];
        let member = Reader {
            user: Some(id(2)),
            roles: vec!["salesperson".into()],
            departments: departments_above(&[id(11), id(12)], &tree),
            teams: vec![id(20)],
            administrator: false,
        };
        assert_eq!(member.departments, [id(11), id(10), id(12)]);
        let administrator = Reader { user: Some(id(3)), administrator: true, ..Reader::default() };
        let private = Audience::default();
        for (audience, seen) in [
            (private.clone(), false),
            (Audience { everyone: true, ..private.clone() }, true),
            (Audience { roles: vec!["salesperson".into()], ..private.clone() }, true),
            (Audience { roles: vec!["manager".into()], ..private.clone() }, false),
            (Audience { departments: vec![id(10)], ..private.clone() }, true),
            (Audience { departments: vec![id(13)], ..private.clone() }, false),
            (Audience { teams: vec![id(20)], ..private.clone() }, true),
            (Audience { teams: vec![id(21)], ..private.clone() }, false),
        ] {
            assert_eq!(audience.is_seen_by(owner, &member), seen, "{audience:?}");
            assert!(!audience.is_edited_by(owner, &member));
            assert!(audience.is_seen_by(id(2), &member) && audience.is_edited_by(id(2), &member));
            let shared = !audience.is_private();
            assert_eq!(audience.is_seen_by(owner, &administrator), shared);
            assert_eq!(audience.is_edited_by(owner, &administrator), shared);
        }
        let host = Reader::default();
        assert!(!private.is_seen_by(owner, &host));
        assert!([ViewKind::List, ViewKind::Board, ViewKind::Calendar].iter().all(|kind| ViewKind::parse(kind.name()) == Some(*kind)));
    }
}
