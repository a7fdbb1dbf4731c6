//! The manifest: everything a plugin declares instead of coding it. Written as `plugin.toml`, travels as JSON in the package.
//!
//! Reading is strict (unknown keys are refused); [`Manifest::validate`] then finds everything that is wrong at once.
//! docs/plugins.md lists every key.

mod card;
mod lines;
mod object;
mod problems;
mod rows;
mod surface;
mod validate;
mod validate_cards;
mod validate_objects;
mod validate_rows;
mod validate_surface;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use card::{CardDecl, CardMeasure, CardName};
pub use lines::Lines;
pub use object::{FieldDecl, FieldOnOther, FieldType, ObjectDecl, OptionDecl, Scalar, UniqueDecl};
pub use problems::ManifestProblem;
pub use rows::{LOCAL_KEY, Row, RowSet, RowValue};
pub use surface::{Capabilities, FieldAccess, HookDecl, HookKind, HookOp, MenuDecl, PageDecl, PanelDecl, RoleDecl};
pub use validate::well_known_objects;
pub use words::{Words, fill_message};

/// The whole of `plugin.toml`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Names the plugin everywhere: `[a-z][a-z0-9-]{1,30}`.
    pub id: String,
    /// Semantic version, `1.2.3`.
    pub version: String,
    /// Begins every object, foreign field, role and code of the plugin: `[a-z][a-z0-9]{1,7}`.
    pub prefix: String,
    /// Name for people.
    pub name: Words,
    /// One or two sentences for the plugins page.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub description: Words,
    /// Who made it.
    pub publisher: String,
    /// Place in the product: interface, function or analysis.
    pub layer: Layer,
    /// Kind of work it serves.
    pub category: Category,
    /// `object:opportunity@1` (someone provides it) or `plugin:sales@0.1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// Well-known objects that this plugin brings under their plain names: `opportunity@1`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provides: Vec<String>,
    /// What it asks for beyond its own objects and fields.
    #[serde(default)]
    pub capabilities: Capabilities,
    /// Objects it brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ObjectDecl>,
    /// Fields it adds to other objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldOnOther>,
    /// Uniqueness over several fields or parts of the records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uniques: Vec<UniqueDecl>,
    /// Roles it brings, and rights it adds to the host's roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleDecl>,
    /// Entries of the main menu.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub menu: Vec<MenuDecl>,
    /// Pages it renders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageDecl>,
    /// Panels it renders on record pages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub panels: Vec<PanelDecl>,
    /// Kinds of its records on the cards of a customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardDecl>,
    /// Hooks it wants to be called for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hooks: Vec<HookDecl>,
    /// Rows made when the plugin is enabled. In a package they travel in a section of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seed: Vec<RowSet>,
    /// Rows that only `dev` loads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sample: Vec<RowSet>,
    /// Words by key: problem codes (they begin with the prefix and a dot) and whatever pages say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<String, Words>,
}

/// The place of a plugin in the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// Talks to other systems.
    Interface,
    /// Does a piece of the work.
    #[default]
    Function,
    /// Explains what the work brought.
    Analysis,
}

/// The kind of work a plugin serves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Daily work.
    #[default]
    Operational,
    /// Understanding.
    Analytical,
    /// Working together.
    Collaborative,
}

impl Manifest {
    /// Reads `plugin.toml` and validates it; all problems at once, each with its line.
    /// `read_file` gives the text of a file beside it, for row sets that stand in one.
    pub fn from_toml(text: &str, read_file: &dyn Fn(&str) -> Result<String, String>) -> Result<Self, Vec<ManifestProblem>> {
        let lines = Lines::new(text);
        let mut manifest: Self = toml::from_str(text).map_err(|error| vec![ManifestProblem::from_toml(&error, text)])?;
        let mut problems = manifest.embed_rows(read_file);
        problems.extend(manifest.validate());
        for problem in &mut problems {
            problem.line = lines.of(&problem.path);
        }
        if problems.is_empty() { Ok(manifest) } else { Err(problems) }
    }

    /// Reads the JSON of a package and validates it; no lines here.
    pub fn from_json(bytes: &[u8]) -> Result<Self, Vec<ManifestProblem>> {
        serde_json::from_slice(bytes).map_err(|error| {
            vec![ManifestProblem::new(
                "",
                format!("the manifest cannot be read: {error}"),
                "build the package again with `guanxi plugin build`",
            )]
        })
    }

    /// Replaces every `file = "seed/x.json"` by the rows in it.
    fn embed_rows(&mut self, read_file: &dyn Fn(&str) -> Result<String, String>) -> Vec<ManifestProblem> {
        let mut problems = Vec::new();
        for (name, sets) in [("seed", &mut self.seed), ("sample", &mut self.sample)] {
            for (index, set) in sets.iter_mut().enumerate() {
                if let Err(problem) = set.embed(&format!("{name}[{index}]"), read_file) {
                    problems.push(problem);
                }
            }
        }
        problems
    }

    /// The key with the prefix: `own_key("rival")` is `cp_rival`.
    pub fn own_key(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// True if the plugin brings this object.
    pub fn owns_object(&self, object: &str) -> bool {
        self.objects.iter().any(|own| own.key == object)
    }

    /// True if the plugin may set this field in a hook: its own objects and fields, and what `capabilities.writes` lists.
    pub fn may_set(&self, object: &str, field: &str) -> bool {
        self.owns_object(object)
            || self.fields.iter().any(|own| own.object == object && own.field.key == field)
            || self.capabilities.writes.iter().any(|access| access.allows(object, field))
    }

    /// True if the plugin may read this field as itself: its own objects and fields, and what `capabilities.reads` lists.
    pub fn may_read(&self, object: &str, field: &str) -> bool {
        field == "id" || self.may_set(object, field) || self.capabilities.reads.iter().any(|access| access.allows(object, field))
    }

    /// The words of a message or problem code, with its `{key}` places filled; none if the manifest lacks it.
    pub fn message(&self, key: &str, locale: guanxi_core::meta::Locale, params: &[(String, guanxi_core::Value)]) -> Option<String> {
        self.messages.get(key).map(|words| fill_message(words.get(locale), params))
    }

    /// `(object key, major)` of every entry of `provides`.
    pub fn provided_objects(&self) -> impl Iterator<Item = (&str, &str)> {
        self.provides.iter().map(|entry| entry.split_once('@').unwrap_or((entry, "1")))
    }

    /// The objects that `requires` names, such as `("opportunity", "1")`.
    pub fn required_objects(&self) -> impl Iterator<Item = (&str, &str)> {
        let objects = self.requires.iter().filter_map(|entry| entry.strip_prefix("object:"));
        objects.map(|entry| entry.split_once('@').unwrap_or((entry, "1")))
    }

    /// The plugins that `requires` names, such as `("sales", "0.1")`.
    pub fn required_plugins(&self) -> impl Iterator<Item = (&str, &str)> {
        let plugins = self.requires.iter().filter_map(|entry| entry.strip_prefix("plugin:"));
        plugins.map(|entry| entry.split_once('@').unwrap_or((entry, "0")))
    }
}
