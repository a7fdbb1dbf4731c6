//! Reads a JSON object key by key, so that all its mistakes are told at once and each names its key.

use guanxi_core::Problem;
use guanxi_core::meta::{Label, SelectOption};
use serde_json::{Map, Value as Json};

/// What mistakes are called: those of a request's own shape, or those of metadata, which are values like others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codes {
    /// Everything is `request.malformed` (400).
    Request,
    /// `field.type`, `field.unknown`, `field.required` (422).
    Metadata,
}

/// An object that is being read.
#[derive(Debug)]
pub(super) struct Reader {
    map: Map<String, Json>,
    prefix: String,
    codes: Codes,
    problems: Vec<Problem>,
}

impl Reader {
    /// Starts; anything but an object is `request.malformed`. `prefix` stands before the keys in problems, e.g. `measures.0.`.
    pub(super) fn new(json: Json, prefix: impl Into<String>, codes: Codes) -> Result<Self, Vec<Problem>> {
        let prefix = prefix.into();
        match json {
            Json::Object(map) => Ok(Self { map, prefix, codes, problems: Vec::new() }),
            _ if prefix.is_empty() => Err(vec![Problem::error("request.malformed", "the body must be a JSON object")]),
            _ => {
                let place = prefix.trim_end_matches('.');
                Err(vec![Problem::error("request.malformed", format!("`{place}` must be a JSON object")).on(place)])
            }
        }
    }

    /// Ends: all problems, keys that nobody asked for included.
    pub(super) fn finish(mut self) -> Result<(), Vec<Problem>> {
        let left: Vec<String> = self.map.keys().cloned().collect();
        for key in left {
            let shown: String = key.chars().take(60).collect();
            self.wrong("field.unknown", &shown, format!("`{}{shown}` is not known here", self.prefix));
        }
        if self.problems.is_empty() { Ok(()) } else { Err(self.problems) }
    }

    /// Adds the problems of a part that was read on its own.
    pub(super) fn report(&mut self, problems: Vec<Problem>) {
        self.problems.extend(problems);
    }

    /// Any value; null counts as absent.
    pub(super) fn json(&mut self, key: &str) -> Option<Json> {
        self.map.shift_remove(key).filter(|json| !json.is_null())
    }

    /// A string.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.json(key)? {
            Json::String(text) => Some(text),
            _ => self.mistyped(key, "a string"),
        }
    }

    /// A string that must be there.
    pub(super) fn required_text(&mut self, key: &str) -> String {
        if self.map.get(key).is_none_or(Json::is_null) {
            self.missing(key);
        }
        self.text(key).unwrap_or_default()
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        match self.json(key)? {
            Json::Bool(flag) => Some(flag),
            _ => self.mistyped(key, "true or false"),
        }
    }

    /// A whole number from 0 on that fits.
    pub(super) fn number<N: TryFrom<u64>>(&mut self, key: &str) -> Option<N> {
        let json = self.json(key)?;
        match json.as_u64().and_then(|number| N::try_from(number).ok()) {
            None => self.mistyped(key, "a whole number"),
            found => found,
        }
    }

    /// An array.
    pub(super) fn array(&mut self, key: &str) -> Vec<Json> {
        match self.json(key) {
            None => Vec::new(),
            Some(Json::Array(items)) => items,
            Some(_) => self.mistyped(key, "an array").unwrap_or_default(),
        }
    }

    /// `a,b` or `["a","b"]`.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        match self.json(key) {
            None => Vec::new(),
            Some(Json::String(text)) => super::params::comma_separated(&text),
            Some(Json::Array(items)) => {
                let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
                texts.or_else(|| self.mistyped(key, "an array of strings")).unwrap_or_default()
            }
            Some(_) => self.mistyped(key, "an array of strings").unwrap_or_default(),
        }
    }

    /// `{"zh-CN":…,"en":…}`, one of them, or one string for both.
    pub(super) fn label(&mut self, key: &str) -> Option<Label> {
        match self.json(key)? {
            Json::String(text) => Some(Label::new(text.clone(), text)),
            Json::Object(map) => {
                let known = map.keys().all(|language| language == "zh-CN" || language == "en");
                let text = |language: &str| map.get(language).and_then(Json::as_str).filter(|text| !text.trim().is_empty());
                let (zh, en) = (text("zh-CN"), text("en"));
                match zh.or(en).filter(|_| known && map.values().all(|v| v.is_string() || v.is_null())) {
                    Some(either) => Some(Label::new(zh.unwrap_or(either), en.unwrap_or(either))),
                    None => self.mistyped(key, "texts for zh-CN and en, or one of them"),
                }
            }
            _ => self.mistyped(key, "texts for zh-CN and en, or one of them"),
        }
    }

    /// A label that must be there.
    pub(super) fn required_label(&mut self, key: &str) -> Label {
        if self.map.get(key).is_none_or(Json::is_null) {
            self.missing(key);
        }
        self.label(key).unwrap_or_default()
    }

    /// `[{"code":…,"label":…}]`; an option without label is shown by its code.
    pub(super) fn options(&mut self, key: &str) -> Option<Vec<SelectOption>> {
        if self.map.get(key).is_none_or(Json::is_null) {
            self.map.shift_remove(key);
            return None;
        }
        let mut options = Vec::new();
        for (index, item) in self.array(key).into_iter().enumerate() {
            let read = Self::new(item, format!("{}{key}.{index}.", self.prefix), self.codes).and_then(|mut reader| {
                let code = reader.required_text("code");
                let label = reader.label("label").unwrap_or_else(|| Label::new(code.clone(), code.clone()));
                let parent = reader.text("parent");
                reader.finish().map(|()| SelectOption { code, label, parent })
            });
            match read {
                Ok(option) => options.push(option),
                Err(problems) => self.problems.extend(problems),
            }
        }
        Some(options)
    }

    /// Adds problems found elsewhere.
    pub(super) fn add(&mut self, problems: impl IntoIterator<Item = Problem>) {
        self.problems.extend(problems);
    }

    fn missing(&mut self, key: &str) {
        self.wrong("field.required", key, format!("`{}{key}` is missing", self.prefix));
    }

    fn mistyped<T>(&mut self, key: &str, wanted: &str) -> Option<T> {
        self.wrong("field.type", key, format!("`{}{key}` takes {wanted}", self.prefix));
        None
    }

    fn wrong(&mut self, code: &str, key: &str, detail: String) {
        let code = if self.codes == Codes::Request { "request.malformed" } else { code };
        self.problems.push(Problem::error(code, detail).on(format!("{}{key}", self.prefix)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(problems: Vec<Problem>) -> Vec<(String, String)> {
        problems.into_iter().map(|p| (p.code, p.field.unwrap_or_default())).collect()
    }

    #[test]
    fn all_mistakes_at_once() {
        let body = json!({ "key": 1, "label": { "fr": "x" }, "required": "yes", "scale": 300, "options": [{ "label": "A" }, 7], "extra": null, "x": 1 });
        let mut reader = Reader::new(body, "", Codes::Metadata).expect("an object");
        assert_eq!(reader.required_text("key"), "");
        assert_eq!(reader.required_label("label"), Label::default());
        assert_eq!(reader.flag("required"), None);
        assert_eq!(reader.number::<u8>("scale"), None);
        assert_eq!(reader.options("options"), Some(vec![]));
        assert_eq!(reader.required_text("type"), "");
        let problems = found(reader.finish().expect_err("problems"));
        let wanted = [
            ("field.type", "key"),
            ("field.type", "label"),
            ("field.type", "required"),
            ("field.type", "scale"),
            ("field.required", "options.0.code"),
            ("request.malformed", "options.1"),
            ("field.required", "type"),
            ("field.unknown", "extra"),
            ("field.unknown", "x"),
        ];
        assert_eq!(problems, wanted.map(|(code, field)| (code.to_owned(), field.to_owned())));
    }

    #[test]
    fn a_language_falls_back_to_the_other() {
        for (json, wanted) in [
            (json!({ "zh-CN": "项目" }), Label::new("项目", "项目")),
            (json!({ "en": "Project", "zh-CN": "" }), Label::new("Project", "Project")),
            (json!({ "zh-CN": "项目", "en": "Project" }), Label::new("项目", "Project")),
            (json!("项目"), Label::new("项目", "项目")),
        ] {
            let mut reader = Reader::new(json!({ "label": json }), "", Codes::Metadata).expect("an object");
            assert_eq!(reader.required_label("label"), wanted);
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn a_request_that_is_no_object() {
        assert_eq!(Reader::new(json!([]), "", Codes::Request).expect_err("refused")[0].code, "request.malformed");
        let mut reader = Reader::new(json!({ "fields": ["a", 1], "sort": "-a, b", "limit": -1 }), "", Codes::Request).expect("an object");
        assert_eq!(reader.texts("fields"), Vec::<String>::new());
        assert_eq!(reader.texts("sort"), ["-a", "b"]);
        assert_eq!(reader.number::<u32>("limit"), None);
        assert_eq!(
            found(reader.finish().expect_err("problems")),
            [("request.malformed".into(), "fields".into()), ("request.malformed".into(), "limit".into())]
        );
    }
}
