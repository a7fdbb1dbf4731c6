//! What is asked for, as a border reads it.

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct AggregateRequest {
    /// The object's key.
    pub object: String,
    /// Records that refer to the object's.
    pub joins: Vec<JoinRequest>,
    /// CEL; blank is all.
    pub filter: String,
    /// Conditions about records that refer to the object's.
    pub exists: Vec<RelatedRequest>,
    /// None: exactly one group.
    pub group_by: Vec<GroupRequest>,
    /// At least one.
    pub measures: Vec<MeasureRequest>,
    /// CEL over the names of measures; blank is all groups.
    pub having: String,
    /// `-total,owner.name`: measures and keys; blank is by keys.
    pub sort: String,
    /// How many groups are shown.
    pub limit: Option<u32>,
    /// What is in no group shown.
    pub rest: bool,
    /// Everything.
    pub totals: bool,
    /// Further levels: places of group keys.
    pub subtotals: Vec<Vec<usize>>,
}

/// Records that refer.
#[derive(Clone, Debug, Default)]
pub struct JoinRequest {
    /// What paths begin with.
    pub name: String,
    /// The object that refers.
    pub object: String,
    /// Its reference.
    pub via: String,
    /// The earlier join to whose records it refers.
    pub of: Option<String>,
    /// Records to which nothing refers stay.
    pub optional: bool,
    /// Which of them; CEL over their own object.
    pub filter: String,
}

/// There is, or is not, such a record.
#[derive(Clone, Debug, Default)]
pub struct RelatedRequest {
    /// The object that refers.
    pub object: String,
    /// Its reference.
    pub via: String,
    /// Which of them; CEL over their own object.
    pub filter: String,
    /// There is none.
    pub none: bool,
}

/// One group key as asked for.
#[derive(Clone, Debug, Default)]
pub struct GroupRequest {
    /// `owner`, `owner.name`, `expected_on`.
    pub field: String,
    /// `day` … `year` for dates.
    pub grain: Option<String>,
    /// The month with which years begin.
    pub first_month: Option<u32>,
    /// For numbers.
    pub bucket: Option<BucketRequest>,
    /// Groups of nothing too.
    pub fill: bool,
}

/// How numbers are parted: by edges, or by a width.
#[derive(Clone, Debug, Default)]
pub struct BucketRequest {
    /// Rising.
    pub edges: Vec<String>,
    /// Of each step.
    pub width: Option<String>,
    /// Where a step begins; 0.
    pub from: Option<String>,
}

/// One measure as asked for.
#[derive(Clone, Debug, Default)]
pub struct MeasureRequest {
    /// `count`, `count_distinct`, `sum`, `avg`, `min`, `max`, `median`; `formula` and `ratio` of other measures.
    pub function: String,
    /// Over a field …
    pub field: Option<String>,
    /// … or over an expression of number fields (of measures' names).
    pub expr: Option<String>,
    /// Which rows count; CEL, blank is all.
    pub filter: String,
    /// The name in `having`, `sort` and formulas; without one `m0`, `m1`, … by its place.
    pub name: Option<String>,
}
