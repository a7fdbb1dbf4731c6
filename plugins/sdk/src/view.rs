//! Builders for pages and panels. Start with [`View::new`], add blocks, return it.

use crate::{Field, RecordRef, Value};

mod blocks;

pub use crate::bindings::imports::guanxi::ui::view::{
    Action, Alignment, BarChart, Block, Category, Cell, Column, Content, CreateButton, CreateLink, Direction, Format, Funnel, FunnelStep,
    Kanban, Link, ListLink, Message, PageLink, Param, RecordList, Section, Stat, Table, TableRow, Text, Tone, Trend, View,
};

/// Words from `[messages]` of the manifest, in the viewer's language.
pub fn msg(key: &str) -> Text {
    Text::Message(Message { key: key.to_owned(), params: Vec::new() })
}

impl Text {
    /// Fills a `{key}` place of a message; a literal stays as it is.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Self::Message(message) = &mut self {
            message.params.push(Field::new(key, value));
        }
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::Literal(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Literal(text)
    }
}

impl View {
    /// An empty view under the name that the manifest gives it.
    pub fn new() -> Self {
        Self { title: None, sections: Vec::new() }
    }

    /// Words beside that name.
    pub fn title(mut self, title: impl Into<Text>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// One more section.
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// One more block in the last section without a tab.
    pub fn block(mut self, block: impl Into<Block>) -> Self {
        match self.sections.last_mut() {
            Some(section) if section.tab.is_none() => section.blocks.push(block.into()),
            _ => self.sections.push(Section::new().block(block)),
        }
        self
    }
}

impl Default for View {
    fn default() -> Self {
        Self::new()
    }
}

impl Section {
    /// A section above the tabs.
    pub fn new() -> Self {
        Self { tab: None, blocks: Vec::new() }
    }

    /// A section under a tab.
    pub fn tab(label: impl Into<Text>) -> Self {
        Self { tab: Some(label.into()), blocks: Vec::new() }
    }

    /// One more block.
    pub fn block(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }
}

impl Default for Section {
    fn default() -> Self {
        Self::new()
    }
}

impl Block {
    /// A heading.
    pub fn heading(text: impl Into<Text>) -> Self {
        Self::Heading(text.into())
    }

    /// A paragraph.
    pub fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    /// Figures side by side.
    pub fn stats(stats: impl IntoIterator<Item = Stat>) -> Self {
        Self::Stats(stats.into_iter().collect())
    }

    /// Buttons that lead somewhere.
    pub fn actions(actions: impl IntoIterator<Item = Action>) -> Self {
        Self::ActionBar(actions.into_iter().collect())
    }
}

macro_rules! block_from {
    ($($kind:ident),+) => {$(
        impl From<$kind> for Block {
            fn from(block: $kind) -> Self {
                Self::$kind(block)
            }
        }
    )+};
}
block_from!(Table, RecordList, BarChart, Funnel, Kanban);

impl Stat {
    /// One figure.
    pub fn new(label: impl Into<Text>, value: impl Into<Value>) -> Self {
        let (label, value) = (label.into(), value.into());
        Self { label, value, format: Format::Plain, unit: None, tone: Tone::Neutral, trend: None, link: None }
    }

    /// Written in the tenant's currency.
    pub fn money(self) -> Self {
        Self { format: Format::Money, ..self }
    }

    /// Written as a percentage.
    pub fn percent(self) -> Self {
        Self { format: Format::Percent, ..self }
    }

    /// Words behind the figure.
    pub fn unit(self, unit: impl Into<Text>) -> Self {
        Self { unit: Some(unit.into()), ..self }
    }

    /// Good or bad news.
    pub fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }

    /// How it moves.
    pub fn trend(self, direction: Direction, text: impl Into<Text>, tone: Tone) -> Self {
        Self { trend: Some(Trend { direction, text: text.into(), tone }), ..self }
    }

    /// Where a click leads.
    pub fn link(self, link: Link) -> Self {
        Self { link: Some(link), ..self }
    }
}

impl Link {
    /// A record's page.
    pub fn record(object: &str, id: &str) -> Self {
        Self::Record(RecordRef::new(object, id))
    }

    /// An object's list, filtered; an empty filter shows all.
    pub fn list(object: &str, filter: impl Into<String>) -> Self {
        Self::List(ListLink { object: object.to_owned(), filter: filter.into(), sort: Vec::new() })
    }

    /// A page of this plugin.
    pub fn page(page: &str) -> Self {
        Self::Page(PageLink { page: page.to_owned(), params: Vec::new() })
    }

    /// The form for a new record.
    pub fn create(object: &str, preset: Preset) -> Self {
        Self::Create(CreateLink { object: object.to_owned(), preset: preset.0 })
    }

    /// A parameter for the page; other links stay as they are.
    pub fn param(mut self, key: &str, value: impl Into<String>) -> Self {
        if let Self::Page(page) = &mut self {
            page.params.push(Param { key: key.to_owned(), value: value.into() });
        }
        self
    }
}

/// Reads a page's parameter.
pub fn param<'a>(params: &'a [Param], key: &str) -> Option<&'a str> {
    params.iter().find(|param| param.key == key).map(|param| param.value.as_str())
}

/// Fields that a form starts with.
#[derive(Clone, Debug, Default)]
pub struct Preset(Vec<Field>);

impl Preset {
    /// Nothing filled in.
    pub fn new() -> Self {
        Self::default()
    }

    /// One field.
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.push(Field::new(key, value));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_built_in_one_breath() {
        let view = View::new()
            .block(Block::stats([Stat::new(msg("open").with("n", 3), 3).tone(Tone::Good)]))
            .block(Table::new([Column::new("Name"), Column::money(msg("amount"))]).row([Cell::new("A"), "1.00".into()]))
            .section(Section::tab("More").block(Kanban::new("opportunity", "stage", ["name"]).sum("amount").weight("rate")));
        assert_eq!(view.sections.len(), 2);
        assert_eq!(view.sections[0].blocks.len(), 2);
        assert_eq!(param(&[Param { key: "a".into(), value: "b".into() }], "a"), Some("b"));
    }
}
