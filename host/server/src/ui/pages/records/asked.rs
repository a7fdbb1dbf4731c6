//! What the address of a list asks for: the shape, the conditions, the order, the columns, and the saved view that all of it starts from.
//!
//! `?saved=ID` names the view; whatever else the address says wins over it, a blank value included. So every state has an address of its
//! own, and what differs from the view is exactly what has not been saved.

use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::query::Grain;
use guanxi_core::saved_view::{ViewContent, ViewKind};
use uuid::Uuid;

use super::super::params::Params;
use super::tools;
use crate::engine::{Outcome, SavedView};
use crate::ui::urls;
use crate::ui::visit::Visit;

/// Parameters that belong to the look of a list.
const LOOK: [&str; 6] = ["view", "filter", "sort", "columns", "by", "on"];

/// What `saved` says where no view is meant, not even the usual one.
const NO_VIEW: &str = "none";

/// What the address asks for.
pub(super) struct Asked {
    /// The object's key.
    pub(super) object: String,
    /// The views of the object that the visitor sees.
    pub(super) views: Vec<SavedView>,
    /// The one that the list opens with.
    pub(super) usual: Option<Uuid>,
    /// The one of them that this starts from.
    pub(super) saved: Option<SavedView>,
    /// What is to be shown.
    pub(super) look: ViewContent,
    /// Where a page of a list begins.
    pub(super) cursor: String,
    /// Rows on the pages before this one, for "51–100 of …".
    pub(super) before: u64,
    /// The day or month of a calendar that is in sight.
    pub(super) at: String,
    /// A calendar shows one week instead of a month.
    pub(super) week: bool,
    /// Groups of a list, or columns of a board, that show more than at first.
    pub(super) open: Vec<String>,
}

impl Asked {
    /// Reads the address; a view that is not there (any more) is no view.
    pub(super) async fn new(visit: &Visit, object: &Object, params: &Params) -> Outcome<Self> {
        let views = visit.engine().saved_views(&visit.ctx, Some(&object.key)).await?;
        let usual = visit.engine().default_view(&visit.ctx, &object.key).await?.filter(|usual| views.iter().any(|view| view.id == *usual));
        let named = match params.get("saved") {
            // The bare address of the list opens with what its reader chose.
            "" if !params.0.iter().any(|(key, _)| LOOK.contains(&key.as_str())) => usual,
            named => Uuid::parse_str(named).ok(),
        };
        let saved = views.iter().find(|view| Some(view.id) == named).cloned();
        let mut look = saved.as_ref().map(shown_content).unwrap_or_default();
        let given = |name: &str| params.0.iter().any(|(key, _)| key == name).then(|| params.get(name).to_owned());
        if let Some(kind) = given("view") {
            look.kind = ViewKind::parse(&kind).unwrap_or_default();
        }
        if let Some(filter) = given("filter") {
            look.filter = filter;
        }
        if let Some(sort) = given("sort") {
            look.sort = sort;
        }
        if let Some(columns) = given("columns") {
            look.columns = split(&columns);
        }
        if let Some(by) = given("by") {
            look.group_field = Some(by).filter(|by| !by.is_empty());
        }
        if let Some(on) = given("on") {
            look.date_field = Some(on).filter(|on| !on.is_empty());
        }
        match look.kind {
            ViewKind::List => {}
            ViewKind::Board => look.group_field = look.group_field.or_else(|| tools::default_board_field(visit, object)),
            ViewKind::Calendar => look.date_field = look.date_field.or_else(|| tools::default_date_field(visit, object)),
        }
        Ok(Self {
            object: object.key.clone(),
            views,
            usual,
            saved,
            look,
            cursor: params.get("cursor").to_owned(),
            before: params.get("before").parse().unwrap_or(0),
            at: params.get("at").to_owned(),
            week: params.get("span") == "week",
            open: params.0.iter().filter(|(key, _)| key == "open").map(|(_, value)| value.clone()).collect(),
        })
    }

    /// The same look on its first page, changed.
    pub(super) fn address(&self, change: impl FnOnce(&mut ViewContent)) -> String {
        with_pairs(&urls::list(&self.object), &self.pairs(change))
    }

    /// A page beside the list that keeps the look: a panel of its tools.
    pub(super) fn tool(&self, tool: &str, more: &[(&str, &str)]) -> String {
        let mut pairs = self.pairs(|_| {});
        pairs.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        with_pairs(&format!("{}/{tool}", urls::list(&self.object)), &pairs)
    }

    /// The list with further parameters.
    pub(super) fn page(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = self.pairs(|_| {});
        pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        with_pairs(&urls::list(&self.object), &pairs)
    }

    /// The list without a view, changed.
    pub(super) fn plain(&self, change: impl FnOnce(&mut ViewContent)) -> String {
        let mut look = ViewContent::default();
        change(&mut look);
        let mut pairs = differences(&ViewContent::default(), &look);
        if pairs.is_empty() && self.usual.is_some() {
            pairs.push(("saved".to_owned(), NO_VIEW.to_owned()));
        }
        with_pairs(&urls::list(&self.object), &pairs)
    }

    /// The parameters that make this look, changed.
    pub(super) fn pairs(&self, change: impl FnOnce(&mut ViewContent)) -> Vec<(String, String)> {
        let mut look = self.look.clone();
        change(&mut look);
        let base = self.saved.as_ref().map(shown_content).unwrap_or_default();
        let mut pairs: Vec<(String, String)> = self.saved.iter().map(|view| ("saved".to_owned(), view.id.to_string())).collect();
        pairs.extend(differences(&base, &look));
        if pairs.is_empty() && self.usual.is_some() {
            pairs.push(("saved".to_owned(), NO_VIEW.to_owned()));
        }
        if look.kind == ViewKind::Calendar {
            let span = if self.week { "week" } else { "" };
            let place = [("at", self.at.as_str()), ("span", span)];
            pairs.extend(place.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        pairs
    }

    /// Whether the look differs from the view that it starts from.
    pub(super) fn is_changed(&self) -> bool {
        self.saved.as_ref().is_some_and(|view| self.look != shown_content(view))
    }

    /// The saved filter does not work for this visitor, and nothing else was asked for instead.
    pub(super) fn is_broken(&self) -> bool {
        self.saved.as_ref().is_some_and(|view| view.usable.is_none() && view.content.filter == self.look.filter)
    }

    /// The group that a list makes, as far as its field is there: the field's path and the stretch of time.
    pub(super) fn group(&self) -> Option<(&str, Option<Grain>)> {
        let text = self.look.group_field.as_deref()?;
        Some(match text.split_once(':') {
            Some((path, grain)) => (path, Grain::parse(grain)),
            None => (text, None),
        })
    }
}

/// What a view shows to its reader; where its filter does not work, as it was saved.
fn shown_content(view: &SavedView) -> ViewContent {
    view.usable.clone().unwrap_or_else(|| view.content.clone())
}

fn differences(base: &ViewContent, look: &ViewContent) -> Vec<(String, String)> {
    let of = |content: &ViewContent| -> [String; 6] {
        [
            content.kind.name().to_owned(),
            content.filter.clone(),
            content.sort.clone(),
            content.columns.join(","),
            content.group_field.clone().unwrap_or_default(),
            content.date_field.clone().unwrap_or_default(),
        ]
    };
    let pairs = LOOK.iter().zip(of(base).into_iter().zip(of(look)));
    pairs.filter(|(_, (before, after))| before != after).map(|(name, (_, after))| ((*name).to_owned(), after)).collect()
}

/// Blank values stay: they say that nothing of the view counts there.
pub(super) fn with_pairs(path: &str, pairs: &[(String, String)]) -> String {
    let query = pairs.iter().map(|(name, value)| format!("{}={}", urls::encode(name), urls::encode(value)));
    let query = query.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// `a,b` to its parts.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Whether the values of a field can head the columns of a board.
pub(super) fn makes_columns(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Select { .. } | FieldKind::Bool | FieldKind::Reference { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_in_the_address() {
        let look = ViewContent { filter: "a == 1".into(), columns: vec!["name".into(), "customer.name".into()], ..ViewContent::default() };
        let mut asked = Asked {
            object: "thing".into(),
            views: Vec::new(),
            usual: None,
            saved: None,
            look,
            cursor: String::new(),
            before: 0,
            at: String::new(),
            week: false,
            open: Vec::new(),
        };
        assert_eq!(asked.address(|_| {}), "/o/thing?filter=a%20%3D%3D%201&columns=name%2Ccustomer.name");
        assert_eq!(asked.address(|look| look.filter.clear()), "/o/thing?columns=name%2Ccustomer.name");
        assert_eq!(asked.plain(|look| look.kind = ViewKind::Board), "/o/thing?view=board");
        asked.look.group_field = Some("due:month".into());
        assert_eq!(asked.group(), Some(("due", Some(Grain::Month))));
        assert_eq!(with_pairs("/o/thing", &[("filter".into(), String::new())]), "/o/thing?filter=");
    }
}
