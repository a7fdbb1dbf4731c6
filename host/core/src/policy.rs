//! Permission decisions: pure functions of roles and places in the department tree. Nobody else compares roles.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::meta::{Label, Origin, STAGES_SUFFIX, Schema};

/// What can be done with records of an object (function rights).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Read in lists, records, aggregates.
    View,
    /// Make new records.
    Create,
    /// Change records.
    Edit,
    /// Delete records.
    Delete,
    /// Load files.
    Import,
    /// Write files.
    Export,
}

impl Function {
    /// All, in the order of the roles page.
    pub const ALL: [Self; 6] = [Self::View, Self::Create, Self::Edit, Self::Delete, Self::Import, Self::Export];

    /// The name in manifests and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Export => "export",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }
}

/// How far a right reaches (data rights). Ordered from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Records the actor owns.
    Own,
    /// Own, and those of the actor's department (and of departments the actor manages).
    Department,
    /// The same with all departments below.
    DepartmentBelow,
    /// Every record.
    All,
}

impl Scope {
    /// The name in manifests and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Department => "department",
            Self::DepartmentBelow => "department_below",
            Self::All => "all",
        }
    }

    /// Reads a name; `none` and unknown names are `None`.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Own, Self::Department, Self::DepartmentBelow, Self::All].into_iter().find(|s| s.name() == name)
    }
}

/// A right that belongs to no object's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Special {
    /// Read the security log.
    LogView,
    /// Keep the list of units: only with it units of measure are made, changed and deleted.
    UomMaintain,
    /// Plan and stop jobs.
    SchedulerManage,
}

impl Special {
    /// All, in the order of the roles page.
    pub const ALL: [Self; 3] = [Self::LogView, Self::UomMaintain, Self::SchedulerManage];

    /// The name in roles and refusals.
    pub fn name(self) -> &'static str {
        match self {
            Self::LogView => "log.view",
            Self::UomMaintain => "uom.maintain",
            Self::SchedulerManage => "scheduler.manage",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|special| special.name() == name)
    }
}

/// The special right that decides alone who writes an object's records; reading follows the ordinary grants.
pub fn kept_by(object: &str) -> Option<Special> {
    (object == "unit").then_some(Special::UomMaintain)
}

/// The key of the administrator's role, which may do everything inside its tenant.
pub const ADMINISTRATOR: &str = "administrator";
/// In [`Role::grants`]: every object that the role does not name.
pub const ANY_OBJECT: &str = "*";

/// A named set of rights. A user may have several; the most permissive wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Stable key.
    pub key: String,
    /// Name for people.
    pub label: Label,
    /// Who made it.
    pub origin: Origin,
    /// May change objects, fields, roles, users and plugins, and do everything with records.
    pub administrator: bool,
    /// Object key (or [`ANY_OBJECT`]) → function → reach. A named object replaces `*` wholly.
    pub grants: BTreeMap<String, BTreeMap<Function, Scope>>,
    /// Rights beside those on records.
    pub special: BTreeSet<Special>,
}

impl Role {
    /// How far this role lets a function of an object reach.
    pub fn reach(&self, object: &str, function: Function) -> Option<Scope> {
        if self.administrator {
            return Some(Scope::All);
        }
        if let (Some(special), Function::Create | Function::Edit | Function::Delete | Function::Import) = (kept_by(object), function) {
            return self.special.contains(&special).then_some(Scope::All);
        }
        let grants = self.grants.get(object).or_else(|| self.grants.get(ANY_OBJECT))?;
        grants.get(&function).copied()
    }
}

/// Who acts, with everything that decisions need. Built once per request from the tenant's people.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The user; `None` for the host itself (seeding, migrations).
    pub user: Option<Uuid>,
    /// Name for history and greetings.
    pub name: String,
    /// The user's department and the departments the user manages.
    pub departments: Vec<Uuid>,
    /// The same with all departments below them.
    pub departments_below: Vec<Uuid>,
    /// The user's roles (for a token: those the token was given).
    pub roles: Vec<std::sync::Arc<Role>>,
    /// The host acting for itself: everything is allowed.
    pub system: bool,
}

impl Actor {
    /// The host itself.
    pub fn system() -> Self {
        Self { name: "system".into(), system: true, ..Self::default() }
    }

    /// May change the tenant's shape: objects, fields, roles, users, plugins.
    pub fn is_administrator(&self) -> bool {
        self.system || self.roles.iter().any(|r| r.administrator)
    }

    /// Has a special right; administrators have all.
    pub fn has(&self, special: Special) -> bool {
        self.is_administrator() || self.roles.iter().any(|role| role.special.contains(&special))
    }
}

/// Which rows of an object an actor reaches; the planner turns it into SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowScope {
    /// Every row.
    All,
    /// Rows owned by the user, or of one of the departments.
    Limited {
        /// The owner.
        owner: Uuid,
        /// Departments, possibly none.
        departments: Vec<Uuid>,
    },
}

impl RowScope {
    /// Whether a row with this owner and department is inside.
    pub fn contains(&self, owner: Option<Uuid>, department: Option<Uuid>) -> bool {
        match self {
            Self::All => true,
            Self::Limited { owner: me, departments } => owner == Some(*me) || department.is_some_and(|d| departments.contains(&d)),
        }
    }
}

/// The rows on which the actor may perform the function; `None`: the function right itself is missing.
pub fn decide(actor: &Actor, object: &str, function: Function) -> Option<RowScope> {
    if actor.system {
        return Some(RowScope::All);
    }
    let scope = actor.roles.iter().filter_map(|role| role.reach(object, function)).max()?;
    let owner = actor.user?;
    Some(match scope {
        Scope::All => RowScope::All,
        Scope::Own => RowScope::Limited { owner, departments: Vec::new() },
        Scope::Department => RowScope::Limited { owner, departments: actor.departments.clone() },
        Scope::DepartmentBelow => RowScope::Limited { owner, departments: actor.departments_below.clone() },
    })
}

/// The same for any object of a schema. A stage history follows its object. A child object follows its parent: who sees a record sees its
/// lines, and who may edit it may add, change and remove lines; the scope is then one of rows of the parent.
pub fn decide_in(schema: &Schema, actor: &Actor, object: &str, function: Function) -> Option<RowScope> {
    let key = object.strip_suffix(STAGES_SUFFIX).unwrap_or(object);
    let found = schema.all().find(|o| o.key == key);
    match found.filter(|o| o.parent.is_some()) {
        None => decide(actor, key, function),
        Some(child) => {
            let function = match function {
                Function::Create | Function::Edit | Function::Delete => Function::Edit,
                other => other,
            };
            // A child whose parent is gone belongs to nobody who could decide.
            decide(actor, child.parent_object()?, function)
        }
    }
}

/// A department and every department below it. A cycle in the tree ends the walk instead of looping.
pub fn departments_below(roots: &[Uuid], tree: &[(Uuid, Option<Uuid>)]) -> Vec<Uuid> {
    let mut found: Vec<Uuid> = Vec::new();
    let mut open: Vec<Uuid> = roots.to_vec();
    while let Some(department) = open.pop() {
        if found.contains(&department) {
            continue;
        }
        found.push(department);
        open.extend(tree.iter().filter(|(_, parent)| *parent == Some(department)).map(|(id, _)| *id));
    }
    found
}

fn grants(entries: &[(&str, &[(Function, Scope)])]) -> BTreeMap<String, BTreeMap<Function, Scope>> {
    entries.iter().map(|(object, rights)| ((*object).to_owned(), rights.iter().copied().collect())).collect()
}

/// The roles that every tenant starts with.
pub fn host_roles() -> Vec<Role> {
    use Function::{Create, Delete, Edit, Export, Import, View};
    use Scope::{All, DepartmentBelow, Own};
    let people: &[(Function, Scope)] = &[(View, All)];
    let role = |key: &str, zh: &str, en: &str, administrator, grants| Role {
        key: key.into(),
        label: Label::new(zh, en),
        origin: Origin::Host,
        administrator,
        grants,
        special: BTreeSet::new(),
    };
    vec![
        role(ADMINISTRATOR, "管理员", "Administrator", true, BTreeMap::new()),
        role(
            "salesperson",
            "销售人员",
            "Salesperson",
            false,
            grants(&[
                (ANY_OBJECT, &[(View, Own), (Create, All), (Edit, Own), (Delete, Own)]),
                ("user", people),
                ("department", people),
                ("unit", people),
            ]),
        ),
        role(
            "manager",
            "部门经理",
            "Manager",
            false,
            grants(&[
                (
                    ANY_OBJECT,
                    &[
                        (View, DepartmentBelow),
                        (Create, All),
                        (Edit, DepartmentBelow),
                        (Delete, DepartmentBelow),
                        (Import, DepartmentBelow),
                        (Export, DepartmentBelow),
                    ],
                ),
                ("user", people),
                ("department", people),
                ("unit", people),
            ]),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn actor(keys: &[&str]) -> Actor {
        let roles = host_roles().into_iter().filter(|r| keys.contains(&r.key.as_str())).map(Arc::new).collect();
        Actor { user: Some(id(1)), departments: vec![id(10)], departments_below: vec![id(10), id(11)], roles, ..Actor::default() }
    }

    #[test]
    fn the_most_permissive_role_wins() {
        let own = RowScope::Limited { owner: id(1), departments: vec![] };
        let below = RowScope::Limited { owner: id(1), departments: vec![id(10), id(11)] };
        for (roles, object, function, wanted) in [
            (&["salesperson"][..], "customer", Function::View, Some(own.clone())),
            (&["salesperson"], "user", Function::View, Some(RowScope::All)),
            (&["salesperson"], "user", Function::Edit, None),
            (&["salesperson"], "customer", Function::Import, None),
            (&["salesperson", "manager"], "customer", Function::View, Some(below.clone())),
            (&["manager"], "customer", Function::Delete, Some(below)),
            (&["administrator", "salesperson"], "user", Function::Delete, Some(RowScope::All)),
            (&[], "customer", Function::View, None),
        ] {
            assert_eq!(decide(&actor(roles), object, function), wanted, "{roles:?} {object} {function:?}");
        }
    }

    #[test]
    fn units_are_kept_by_a_special_right() {
        let mut keeper = host_roles().into_iter().find(|r| r.key == "salesperson").expect("a host role");
        keeper.grants.insert("unit".into(), BTreeMap::from([(Function::View, Scope::All), (Function::Edit, Scope::All)]));
        let with = |role: &Role| Actor { user: Some(id(1)), roles: vec![Arc::new(role.clone())], ..Actor::default() };
        let writes = [Function::Create, Function::Edit, Function::Delete, Function::Import];
        assert!(writes.iter().all(|function| decide(&with(&keeper), "unit", *function).is_none()), "a grant is not the special right");
        keeper.special.insert(Special::UomMaintain);
        assert!(writes.iter().all(|function| decide(&with(&keeper), "unit", *function) == Some(RowScope::All)));
        assert!(with(&keeper).has(Special::UomMaintain) && !with(&keeper).has(Special::LogView));
        assert!(actor(&["administrator"]).has(Special::LogView));
        assert_eq!(decide(&actor(&["administrator"]), "unit", Function::Delete), Some(RowScope::All));
        assert_eq!(decide(&actor(&["manager"]), "unit", Function::View), Some(RowScope::All));
        assert!(Special::ALL.iter().all(|special| Special::parse(special.name()) == Some(*special)));
    }

    #[test]
    fn a_child_object_follows_its_parent() {
        use crate::meta::{Field, FieldKind, Object, Rules};
        let object = |key: &str, parent: Option<&str>| Object {
            id: 1,
            key: key.into(),
            label: Label::default(),
            icon: String::new(),
            origin: Origin::Tenant,
            title: "name".into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: parent.map(|_| "parent".into()),
            fields: parent.iter().map(|p| Field::new("parent", Label::default(), FieldKind::Reference { target: (*p).into() })).collect(),
            read_only: false,
            hidden: false,
        };
        let mut orphan = object("orphan", Some("order"));
        orphan.fields.clear();
        let schema = Schema::new(1, vec![object("order", None), object("line", Some("order")), orphan]);
        let editor = |function: Function| Role {
            grants: grants(&[("order", &[(Function::View, Scope::All), (function, Scope::Own)]), ("line", &[])]),
            administrator: false,
            ..host_roles().remove(0)
        };
        let own = Some(RowScope::Limited { owner: id(1), departments: vec![] });
        for (right, function, wanted) in [
            (Function::Edit, Function::View, Some(RowScope::All)),
            (Function::Edit, Function::Edit, own.clone()),
            (Function::Edit, Function::Create, own.clone()),
            (Function::Edit, Function::Delete, own),
            (Function::Delete, Function::Delete, None),
            (Function::Create, Function::Create, None),
            (Function::Edit, Function::Import, None),
        ] {
            let actor = Actor { roles: vec![Arc::new(editor(right))], ..actor(&[]) };
            assert_eq!(decide_in(&schema, &actor, "line", function), wanted, "{right:?} {function:?}");
            assert_eq!(decide_in(&schema, &actor, "line__stages", function), wanted);
            assert_eq!(decide_in(&schema, &actor, "orphan", function), None, "nobody can decide");
            assert_eq!(decide_in(&schema, &actor, "order", function), decide(&actor, "order", function));
        }
    }

    #[test]
    fn the_tree_is_walked_once_even_with_a_cycle() {
        let tree = [(id(1), None), (id(2), Some(id(1))), (id(3), Some(id(2))), (id(4), Some(id(5))), (id(5), Some(id(4)))];
        let sorted = |roots: &[Uuid]| {
            let mut all = departments_below(roots, &tree);
            all.sort();
            all
        };
        assert_eq!(sorted(&[id(1)]), vec![id(1), id(2), id(3)]);
        assert_eq!(sorted(&[id(4)]), vec![id(4), id(5)]);
    }
}
