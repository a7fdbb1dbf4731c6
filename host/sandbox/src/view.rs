//! Pages and panels as the host renders them: all words are resolved in the viewer's language.

use guanxi_core::Value;
use uuid::Uuid;

/// A page or panel.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Words beside the name from the manifest.
    pub title: Option<String>,
    /// Shown one after the other.
    pub sections: Vec<Section>,
}

/// Blocks that stand together.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// The tab it stands under; sections with the same name share it. None: above the tabs.
    pub tab: Option<String>,
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// One thing on a page.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Figures side by side.
    Stats(Vec<Stat>),
    /// Rows and columns.
    Table(Table),
    /// Live records of an object.
    RecordList(RecordList),
    /// Bars with a table of the same figures behind.
    BarChart(BarChart),
    /// Steps that get narrower.
    Funnel(Funnel),
    /// A board of live records.
    Kanban(Kanban),
    /// Buttons that lead somewhere.
    ActionBar(Vec<Action>),
}

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// By the value's own type.
    Plain,
    /// In the tenant's currency.
    Money,
    /// 60.00 as 60 %.
    Percent,
}

/// Good or bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Tone {
    Neutral,
    Good,
    Warning,
    Bad,
}

/// Where the text of a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Alignment {
    Start,
    Center,
    End,
}

/// Which way a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Direction {
    Up,
    Down,
    Flat,
}

/// Where a click leads. Rights are checked there.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// A record's page.
    Record {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// An object's list.
    List {
        /// The object's key.
        object: String,
        /// CEL, empty for all; not checked yet.
        filter: String,
        /// Field keys, `-amount` for descending; not checked yet.
        sort: Vec<String>,
    },
    /// A page of the same plugin.
    Page {
        /// The page's key.
        page: String,
        /// The address's parameters.
        params: Vec<(String, String)>,
    },
    /// The form for a new record.
    Create {
        /// The object's key.
        object: String,
        /// Filled in beforehand; not checked yet.
        preset: Vec<(String, Value)>,
    },
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Stat {
    /// What it is.
    pub label: String,
    /// The figure; null is shown as "—".
    pub value: Value,
    /// How it is written.
    pub format: Format,
    /// Behind it.
    pub unit: Option<String>,
    /// Good or bad news.
    pub tone: Tone,
    /// How it moves.
    pub trend: Option<Trend>,
    /// Where a click leads.
    pub link: Option<Link>,
}

/// How a figure moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// The arrow.
    pub direction: Direction,
    /// In words.
    pub text: String,
    /// Good or bad news.
    pub tone: Tone,
}

/// Rows and columns. Every row has as many cells as there are columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Above it.
    pub title: Option<String>,
    /// From left to right.
    pub columns: Vec<Column>,
    /// From top to bottom.
    pub rows: Vec<TableRow>,
    /// The row at the foot; empty for none.
    pub totals: Vec<Cell>,
    /// Said when there are no rows.
    pub empty: Option<String>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its heading.
    pub label: String,
    /// Where its text stands.
    pub align: Alignment,
    /// How its figures are written.
    pub format: Format,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct TableRow {
    /// One per column.
    pub cells: Vec<Cell>,
    /// Good or bad news.
    pub tone: Tone,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// What it says.
    pub content: Content,
    /// Where a click leads.
    pub link: Option<Link>,
    /// Good or bad news.
    pub tone: Tone,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A value, written by its type and the column's format.
    Data {
        /// The value.
        value: Value,
        /// The object that a reference points to, so that its title can be shown.
        target: Option<String>,
    },
    /// Words.
    Words(String),
}

/// Live records of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordList {
    /// Above it.
    pub title: Option<String>,
    /// The object's key.
    pub object: String,
    /// CEL, empty for all; not checked yet.
    pub filter: String,
    /// Field keys; not checked yet.
    pub fields: Vec<String>,
    /// Field keys, `-amount` for descending; not checked yet.
    pub sort: Vec<String>,
    /// At most so many.
    pub limit: u32,
    /// A button that opens the form for a new record.
    pub create: Option<CreateButton>,
    /// Said when there are none.
    pub empty: Option<String>,
}

/// A button that opens the form for a new record.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateButton {
    /// None: "New" with the object's name.
    pub label: Option<String>,
    /// Filled in beforehand; not checked yet.
    pub preset: Vec<(String, Value)>,
}

/// Bars.
#[derive(Clone, Debug, PartialEq)]
pub struct BarChart {
    /// Says the finding.
    pub title: String,
    /// Behind the figures.
    pub unit: Option<String>,
    /// How figures are written.
    pub format: Format,
    /// Names of the series.
    pub series: Vec<String>,
    /// Groups of bars.
    pub categories: Vec<Category>,
}

/// A group of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    /// Under the bars.
    pub label: String,
    /// One per series: integers, decimals, or null for a gap.
    pub values: Vec<Value>,
    /// Where a click leads.
    pub link: Option<Link>,
}

/// Steps that get narrower.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// Says the finding.
    pub title: String,
    /// Behind the figures.
    pub unit: Option<String>,
    /// How figures are written.
    pub format: Format,
    /// From the widest to the narrowest.
    pub steps: Vec<FunnelStep>,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct FunnelStep {
    /// What it is.
    pub label: String,
    /// Decides the width: an integer, a decimal, or null.
    pub value: Value,
    /// Beside the figure.
    pub note: Option<String>,
    /// Where a click leads.
    pub link: Option<Link>,
}

/// A board of live records.
#[derive(Clone, Debug, PartialEq)]
pub struct Kanban {
    /// Above it.
    pub title: Option<String>,
    /// The object's key.
    pub object: String,
    /// CEL, empty for all; not checked yet.
    pub filter: String,
    /// A select field: one column per option.
    pub column_field: String,
    /// Shown on a card, the title aside.
    pub card_fields: Vec<String>,
    /// Summed at the head of each column.
    pub sum_fields: Vec<String>,
    /// A percent field that weights the sums.
    pub weight_field: Option<String>,
    /// Field keys, `-amount` for descending; not checked yet.
    pub sort: Vec<String>,
}

/// A button.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// On the button.
    pub label: String,
    /// Where it leads.
    pub link: Link,
    /// The one that most people want.
    pub primary: bool,
}
