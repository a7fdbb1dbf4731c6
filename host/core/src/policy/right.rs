//! The kinds of right by name: functions on objects, reaches of data, special rights, rights on fields.

/// What can be done with records of an object (function rights).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Read in lists and records.
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
    /// Make one record out of several.
    Merge,
    /// Change or delete many at once.
    Bulk,
    /// Read figures over records: counts, sums, groups.
    Aggregate,
}

impl Function {
    /// All, in the order of the roles page.
    pub const ALL: [Self; 9] =
        [Self::View, Self::Create, Self::Edit, Self::Delete, Self::Import, Self::Export, Self::Merge, Self::Bulk, Self::Aggregate];

    /// Changes records; the others only read them.
    pub fn changes(self) -> bool {
        !matches!(self, Self::View | Self::Export | Self::Aggregate)
    }

    /// The name in manifests and the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Import => "import",
            Self::Export => "export",
            Self::Merge => "merge",
            Self::Bulk => "bulk",
            Self::Aggregate => "aggregate",
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
    /// From least to most.
    pub const EVERY: [Self; 4] = [Self::Own, Self::Department, Self::DepartmentBelow, Self::All];

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
        Self::EVERY.into_iter().find(|s| s.name() == name)
    }
}

/// What may be done with one field of an object's records. Ordered from least to most; a field that no role names has `Edit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldRight {
    /// It is not there.
    None,
    /// A part of the value is shown: `138****1234`.
    Mask,
    /// A stable word instead of the value: equal values have equal words.
    Pseudonym,
    /// Read.
    Read,
    /// Read and changed.
    Edit,
}

impl FieldRight {
    /// From least to most.
    pub const ALL: [Self; 5] = [Self::None, Self::Mask, Self::Pseudonym, Self::Read, Self::Edit];

    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Mask => "mask",
            Self::Pseudonym => "pseudonym",
            Self::Read => "read",
            Self::Edit => "edit",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }

    /// The value itself may be known: shown, filtered, sorted, grouped, searched.
    pub fn is_plain(self) -> bool {
        self >= Self::Read
    }
}

/// A right that belongs to no object's records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Special {
    /// Read the security log.
    LogView,
    /// Keep the list of units: only with it units of measure are made, changed and deleted.
    UomMaintain,
    /// Plan and stop jobs.
    SchedulerManage,
    /// One that a plugin declares: its prefix, a dot and a name.
    Named(String),
}

impl Special {
    /// The host's own, in the order of the roles page.
    pub const ALL: [Self; 3] = [Self::LogView, Self::UomMaintain, Self::SchedulerManage];

    /// The name in roles and refusals.
    pub fn name(&self) -> &str {
        match self {
            Self::LogView => "log.view",
            Self::UomMaintain => "uom.maintain",
            Self::SchedulerManage => "scheduler.manage",
            Self::Named(name) => name,
        }
    }

    /// Reads a name; one that is not the host's needs a plugin's prefix before its dot.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(own) = Self::ALL.into_iter().find(|special| special.name() == name) {
            return Some(own);
        }
        let (prefix, rest) = name.split_once('.')?;
        let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        (name.len() <= 60 && word(prefix) && word(rest)).then(|| Self::Named(name.to_owned()))
    }
}

/// The special right that decides alone who writes an object's records; reading follows the ordinary grants.
pub fn kept_by(object: &str) -> Option<Special> {
    (object == "unit").then_some(Special::UomMaintain)
}
