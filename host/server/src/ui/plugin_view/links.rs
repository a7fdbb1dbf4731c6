//! Where a click in a plugin's view leads. A link to what the reader may not see is no link.

use guanxi_core::Value;
use guanxi_core::policy::Function;
use guanxi_sandbox::view::Link;

use super::{TAB, Viewer};
use crate::engine::Ctx;
use crate::ui::filters::quoted;
use crate::ui::urls;

impl Viewer<'_> {
    /// The address of a link; `None` where the reader has no right to go there.
    pub(super) fn href(&self, link: &Link) -> Option<String> {
        let ctx = self.ctx();
        let there = |object: &str, function| ctx.snapshot.schema.object(object).is_some() && ctx.may(object, function);
        match link {
            Link::Record { object, id } => there(object, Function::View).then(|| urls::record(object, *id)),
            Link::List { object, filter, sort } => there(object, Function::View)
                .then(|| urls::with_query(&urls::list(object), &[("filter", filter.trim()), ("sort", &sort.join(","))])),
            Link::Page { page, params } => {
                let mut params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                let address = urls::plugin_page(self.plugin, page);
                // Another look at the same page stays on its tab.
                if let Some(tab) = tab_of(&self.visit.path, &address) {
                    params.push((TAB, tab));
                }
                Some(urls::with_query(&address, &params))
            }
            Link::Create { object, preset } => there(object, Function::Create).then(|| self.create_form(object, preset)),
        }
    }

    /// The same for a link that may be missing.
    pub(super) fn maybe_href(&self, link: Option<&Link>) -> Option<String> {
        link.and_then(|link| self.href(link))
    }

    /// The form for a new record, filled in beforehand, that comes back to this page.
    pub(super) fn create_form(&self, object: &str, preset: &[(String, Value)]) -> String {
        let texts: Vec<(&str, String)> = preset.iter().map(|(field, value)| (field.as_str(), form_text(self.ctx(), value))).collect();
        let pairs: Vec<(&str, &str)> = texts.iter().map(|(field, text)| (*field, text.as_str())).collect();
        urls::create_with(object, &pairs, &self.visit.path)
    }
}

/// The tab that is shown of a page, if this path is that page.
fn tab_of<'p>(path: &'p str, page: &str) -> Option<&'p str> {
    let (address, query) = path.split_once('?')?;
    let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
    pairs().find(|(name, _)| address == page && *name == TAB).map(|(_, tab)| tab).filter(|tab| tab.bytes().all(|b| b.is_ascii_digit()))
}

/// A value as an input of a form holds it.
fn form_text(ctx: &Ctx, value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.with_timezone(&ctx.tenant.zone).format("%Y-%m-%dT%H:%M").to_string(),
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => codes.join(", "),
        Value::Refs(ids) => ids.iter().map(uuid::Uuid::to_string).collect::<Vec<_>>().join(", "),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
        Value::Json(text) => text.clone(),
    }
}

/// Conditions joined by "and"; blank ones are left out.
pub(super) fn all_of(conditions: &[&str]) -> String {
    let parts: Vec<&str> = conditions.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [one] => (*one).to_owned(),
        many => many.iter().map(|part| conjunct(part)).collect::<Vec<_>>().join(" && "),
    }
}

/// A condition as a part of "and": in parentheses where it binds less tightly.
fn conjunct(part: &str) -> String {
    if part.contains("||") || part.contains('?') { format!("({part})") } else { part.to_owned() }
}

/// `field == "code"`, or `field == null` for a blank code.
pub(super) fn equals(field: &str, code: &str) -> String {
    match code {
        "" => format!("{field} == null"),
        code => format!("{field} == {}", quoted(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_joined_and_quoted() {
        assert_eq!(all_of(&["", "a == 1"]), "a == 1");
        assert_eq!(all_of(&["a == 1 || b", " c "]), "(a == 1 || b) && c");
        assert_eq!(all_of(&[]), "");
        assert_eq!(equals("stage", r#"a"b"#), r#"stage == "a\"b""#);
        assert_eq!(equals("stage", ""), "stage == null");
    }

    #[test]
    fn the_same_page_keeps_its_tab() {
        assert_eq!(tab_of("/p/sales/forecast?status=all&tab=3", "/p/sales/forecast"), Some("3"));
        assert_eq!(tab_of("/p/sales/forecast?tab=<", "/p/sales/forecast"), None);
        assert_eq!(tab_of("/p/sales/pipeline?tab=3", "/p/sales/forecast"), None);
        assert_eq!(tab_of("/p/sales/forecast", "/p/sales/forecast"), None);
    }
}
