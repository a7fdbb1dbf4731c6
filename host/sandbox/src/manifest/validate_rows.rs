//! Checks of seed and sample rows.

use std::collections::BTreeSet;

use super::object::{FieldDecl, FieldType, Scalar};
use super::rows::{LOCAL_KEY, RowSet, RowValue};
use super::validate::Checker;

impl Checker<'_> {
    pub(super) fn rows(&mut self) {
        let mut locals = BTreeSet::new();
        for (index, set) in self.manifest.seed.iter().enumerate() {
            let path = format!("seed[{index}]");
            if !self.manifest.owns_object(&set.object) {
                self.report(format!("{path}.object"), format!("`{}` is not an object of this plugin", set.object), "seed your own objects");
            }
            match &set.key {
                Some(key) => self.known_field(&format!("{path}.key"), &set.object, key),
                None => self.report(
                    format!("{path}.key"),
                    "seed rows need a key field",
                    "name the field that says whether a row is already there",
                ),
            }
            self.row_set(&path, set, &mut locals);
        }
        for (index, set) in self.manifest.sample.iter().enumerate() {
            let path = format!("sample[{index}]");
            self.known_object(&format!("{path}.object"), &set.object);
            self.row_set(&path, set, &mut locals);
        }
    }

    fn row_set<'m>(&mut self, path: &str, set: &'m RowSet, locals: &mut BTreeSet<&'m str>) {
        for (index, row) in set.rows.iter().enumerate() {
            let path = format!("{path}.rows[{index}]");
            for (key, value) in row {
                let path = format!("{path}.{key}");
                if key == LOCAL_KEY {
                    continue;
                }
                self.known_field(&path, &set.object, key);
                match value {
                    RowValue::Ref { local } if !locals.contains(local.as_str()) => {
                        self.report(
                            &path,
                            format!("no earlier row is called `{local}`"),
                            format!("give an earlier row {LOCAL_KEY} = \"{local}\""),
                        );
                    }
                    RowValue::Days { time: Some(time), .. } if chrono::NaiveTime::parse_from_str(time, "%H:%M").is_err() => {
                        self.report(&path, format!("`{time}` is not a time"), "write it as \"09:30\"");
                    }
                    _ => {}
                }
                self.row_value(&path, &set.object, key, value);
            }
            match row.get(LOCAL_KEY) {
                None => {}
                Some(RowValue::Text(local)) if locals.insert(local) => {}
                Some(RowValue::Text(local)) => {
                    self.report(format!("{path}.{LOCAL_KEY}"), format!("two rows are called `{local}`"), "rename one of them");
                }
                Some(_) => self.report(format!("{path}.{LOCAL_KEY}"), "a local name is a text", format!("write {LOCAL_KEY} = \"name\"")),
            }
            for field in self.declared(&set.object).iter().filter(|field| field.required && field.default.is_none()) {
                if !row.contains_key(&field.key) {
                    let detail = format!("the required field `{}` is missing", field.key);
                    self.report(&path, detail, "give it a value, or the field a default");
                }
            }
        }
    }

    fn declared(&self, object: &str) -> Vec<FieldDecl> {
        self.manifest.objects.iter().find(|own| own.key == object).map(|own| own.fields.clone()).unwrap_or_default()
    }

    fn row_value(&mut self, path: &str, object: &str, key: &str, value: &RowValue) {
        let Some(field) = self.declared(object).into_iter().find(|field| field.key == key) else { return };
        let kind = field.field_kind(2);
        let fits = match value {
            RowValue::Bool(value) => Scalar::Bool(*value).to_value(&kind).is_some(),
            RowValue::Int(number) => Scalar::Int(*number).to_value(&kind).is_some(),
            RowValue::Text(text) => Scalar::Text(text.clone()).to_value(&kind).is_some(),
            RowValue::Ref { .. } | RowValue::Named { .. } => field.kind == FieldType::Reference,
            RowValue::Days { time: None, .. } => field.kind == FieldType::Date,
            RowValue::Days { time: Some(_), .. } => field.kind == FieldType::Datetime,
            RowValue::User { .. } => field.kind == FieldType::Reference && field.target.as_deref() == Some("user"),
        };
        if !fits {
            let remedy = "decimals and dates are texts, references are { ref = \"local name\" }, options are codes";
            self.report(path, "the value does not fit the field's type", remedy);
        }
    }
}
