//! What a form of administration holds, as typed, by the names of its controls.

use guanxi_core::meta::Label;
use sha2::{Digest, Sha256};

use super::super::words::label;
use crate::ui::visit::Posted;

/// Names and texts. A name that is sent more than once (boxes) holds its texts separated by commas.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed(Vec<(String, String)>);

impl Typed {
    pub(super) fn posted(posted: &Posted) -> Self {
        let mut typed = Self::default();
        for (name, value) in &posted.fields {
            match typed.0.iter_mut().find(|(known, _)| known == name) {
                Some((_, held)) if held.is_empty() => held.clone_from(value),
                Some((_, held)) => {
                    held.push(',');
                    held.push_str(value);
                }
                None => typed.0.push((name.clone(), value.clone())),
            }
        }
        typed
    }

    /// Says in short what is held: the same for the same.
    pub(super) fn tag(&self) -> String {
        let digest = Sha256::digest(format!("{:?}", self.0).as_bytes());
        digest[..12].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Line by line, as it was typed.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// What is there and not blank.
    pub(super) fn given(&self, name: &str) -> Option<String> {
        Some(self.get(name).to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// The boxes that are ticked under a name.
    pub(super) fn ticked(&self, name: &str) -> Vec<String> {
        self.get(name).split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn is_ticked(&self, name: &str, code: &str) -> bool {
        self.get(name).split(',').any(|each| each == code)
    }

    /// A name in two languages, from `name_zh` and `name_en`.
    pub(super) fn label(&self, name: &str) -> Label {
        label(self.get(&format!("{name}_zh")), self.get(&format!("{name}_en")))
    }

    pub(super) fn set_label(&mut self, name: &str, label: &Label) {
        self.set(&format!("{name}_zh"), label.zh.as_str());
        self.set(&format!("{name}_en"), label.en.as_str());
    }

    /// Everything, to be carried along as hidden parameters.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_boxes() {
        let mut typed = Typed::default();
        typed.set("flags", "required,unique");
        typed.set_label("group", &Label::new("甲", ""));
        assert!(typed.is_ticked("flags", "unique") && !typed.is_ticked("flags", "uniq"));
        assert_eq!((typed.ticked("flags").len(), typed.ticked("none").len()), (2, 0));
        assert_eq!(typed.label("group"), Label::new("甲", "甲"));
        assert_eq!((typed.given("group_en"), typed.given("group_zh").as_deref()), (None, Some("甲")));
    }
}
