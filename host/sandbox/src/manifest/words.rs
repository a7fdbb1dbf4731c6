//! Texts in both languages.

use guanxi_core::Value;
use guanxi_core::meta::{Label, Locale};
use serde::{Deserialize, Serialize};

/// A text in every language of the product: `{ zh-CN = "客户", en = "Customer" }`. [`super::Manifest::validate`] asks for both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN", default)]
    pub zh: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Words {
    /// The text for a reader.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::ZhCn => &self.zh,
            Locale::En => &self.en,
        }
    }

    /// True if neither language is there: the key was left out.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

impl From<&Words> for Label {
    fn from(words: &Words) -> Self {
        Self::new(words.zh.clone(), words.en.clone())
    }
}

/// Fills the `{key}` places of a message; a place without a parameter stays as it is.
pub fn fill_message(template: &str, params: &[(String, Value)]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let place = after[1..].split_once('}').and_then(|(key, tail)| Some((params.iter().find(|(k, _)| k == key)?, tail)));
        match place {
            Some(((_, value), tail)) => {
                out.push_str(&plain_text(value));
                rest = tail;
            }
            None => {
                out.push('{');
                rest = &after[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn plain_text(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.format("%Y-%m-%d %H:%M").to_string(),
        Value::Ref(id) => id.to_string(),
        Value::Refs(ids) => ids.iter().map(uuid::Uuid::to_string).collect::<Vec<_>>().join(", "),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
        Value::Texts(codes) => codes.join(", "),
        Value::Json(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        let params = vec![("n".to_owned(), Value::Int(3)), ("name".to_owned(), Value::from("{n}"))];
        for (template, wanted) in [
            ("{n} of {name}", "3 of {n}"),
            ("{unknown} {n}", "{unknown} 3"),
            ("{", "{"),
            ("{n", "{n"),
            ("共 {n} 条", "共 3 条"),
            ("{{n}}", "{3}"),
        ] {
            assert_eq!(fill_message(template, &params), wanted, "{template}");
        }
    }
}
