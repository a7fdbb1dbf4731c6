//! The import map: which column goes to which field, and how (design §13).

use std::collections::BTreeMap;

use guanxi_core::Problem;
use toml::{Table, Value as Toml};

use super::super::Outcome;

/// What a map file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportMap {
    /// Rows whose value of this field is that of a record change the record instead of making one.
    pub key: Option<String>,
    /// Columns of the file, by their header.
    pub columns: Vec<MapColumn>,
    /// Values for fields that are null when a record is made.
    pub defaults: Vec<(String, String)>,
}

/// One column of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapColumn {
    /// Its header.
    pub header: String,
    /// The field it fills.
    pub field: String,
    /// For a reference: the field of the other object that holds what the cell says.
    pub lookup: Option<String>,
    /// Cells that stand for something else; unlisted ones pass as they are.
    pub values: BTreeMap<String, String>,
    /// Taken for a blank cell.
    pub default: Option<String>,
    /// A blank cell of a look-up column is null instead of refused.
    pub blank_is_null: bool,
}

impl ImportMap {
    /// Reads a map. All problems at once, code `import.map`.
    pub fn parse(text: &str) -> Outcome<Self> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
            wrong(format!("line {line}: {}", error.message()))
        })?;
        let mut problems = Vec::new();
        let mut map = Self::default();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("key", Toml::String(field)) => map.key = Some(field),
                ("columns", Toml::Table(columns)) => {
                    for (header, value) in columns {
                        // One column may fill several fields: a list of what one field would say.
                        let targets = if let Toml::Array(targets) = value { targets } else { vec![value] };
                        for target in targets {
                            match column(&header, target) {
                                Ok(column) => map.columns.push(column),
                                Err(problem) => problems.push(problem),
                            }
                        }
                    }
                }
                ("defaults", Toml::Table(defaults)) => {
                    for (field, value) in defaults {
                        match scalar(&value) {
                            Some(text) => map.defaults.push((field, text)),
                            None => problems.push(wrong(format!("defaults.{field} is a text, number, boolean or date"))),
                        }
                    }
                }
                (other, _) => {
                    problems.push(wrong(format!("{other:?} is not understood; a map has key = \"FIELD\", [columns] and [defaults]")))
                }
            }
        }
        if map.columns.is_empty() && problems.is_empty() {
            problems.push(wrong("there is no [columns]; name there at least one column"));
        }
        for (index, column) in map.columns.iter().enumerate() {
            if map.columns[..index].iter().any(|earlier| earlier.field == column.field) {
                problems.push(wrong(format!("two columns go to field {:?}", column.field)));
            }
        }
        if let Some(key) = map.key.as_ref().filter(|key| !map.columns.iter().any(|column| column.field == **key)) {
            problems.push(wrong(format!("no column goes to the key {key:?}")));
        }
        if problems.is_empty() { Ok(map) } else { Err(problems.into()) }
    }
}

fn wrong(detail: impl Into<String>) -> Problem {
    Problem::error("import.map", detail)
}

fn column(header: &str, value: Toml) -> Result<MapColumn, Problem> {
    let mut column = MapColumn { header: header.to_owned(), ..MapColumn::default() };
    let table = match value {
        Toml::String(field) => return Ok(MapColumn { field, ..column }),
        Toml::Table(table) => table,
        _ => return Err(wrong(format!("columns.{header} is \"FIELD\" or {{ field = \"FIELD\", … }}, or a list of these"))),
    };
    for (key, value) in table {
        match (key.as_str(), value) {
            ("field", Toml::String(field)) => column.field = field,
            ("lookup", Toml::String(field)) => column.lookup = Some(field),
            ("values", Toml::Table(values)) => {
                for (cell, value) in values {
                    let text = scalar(&value).ok_or_else(|| wrong(format!("columns.{header}.values.{cell} is a text")))?;
                    column.values.insert(cell, text);
                }
            }
            ("blank", Toml::String(blank)) if blank == "null" => column.blank_is_null = true,
            ("blank", _) => return Err(wrong(format!("columns.{header}.blank can only be \"null\""))),
            ("default", value) => {
                column.default = Some(scalar(&value).ok_or_else(|| wrong(format!("columns.{header}.default is a text")))?)
            }
            (other, _) => {
                let detail = format!("columns.{header}.{other} is not understood; a column has field, lookup, values, default, blank");
                return Err(wrong(detail));
            }
        }
    }
    if column.field.is_empty() {
        return Err(wrong(format!("columns.{header} names no field")));
    }
    Ok(column)
}

fn scalar(value: &Toml) -> Option<String> {
    match value {
        Toml::String(text) => Some(text.clone()),
        Toml::Integer(_) | Toml::Float(_) | Toml::Boolean(_) | Toml::Datetime(_) => Some(value.to_string()),
        Toml::Array(_) | Toml::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_of_the_contract() {
        let map = ImportMap::parse(
            r#"
            key = "external_id"
            [columns]
            opportunity_id = "external_id"
            product    = { field = "product", lookup = "name", values = { GTXPro = "GTX Pro" } }
            account    = { field = "customer", lookup = "name", blank = "null" }
            close_value = { field = "amount", default = "0" }
            [defaults]
            source = "import"
            "#,
        )
        .expect("a good map");
        assert_eq!(map.key.as_deref(), Some("external_id"));
        assert_eq!(map.defaults, [("source".to_owned(), "import".to_owned())]);
        let column = |header: &str| map.columns.iter().find(|column| column.header == header).expect("the column");
        assert_eq!(column("opportunity_id").field, "external_id");
        assert_eq!(column("product").values["GTXPro"], "GTX Pro");
        assert_eq!((column("account").lookup.as_deref(), column("account").blank_is_null), (Some("name"), true));
        assert_eq!((column("close_value").default.as_deref(), column("product").blank_is_null), (Some("0"), false));
    }

    #[test]
    fn one_column_may_fill_several_fields() {
        let map = ImportMap::parse("[columns]\nid = [\"external_id\", { field = \"name\" }]").expect("a good map");
        let pairs: Vec<_> = map.columns.iter().map(|column| (column.header.as_str(), column.field.as_str())).collect();
        assert_eq!(pairs, [("id", "external_id"), ("id", "name")]);
    }

    #[test]
    fn mistakes_are_told_together() {
        for (text, parts) in [
            ("[columns", &["line 1"][..]),
            ("", &["no [columns]"]),
            ("[columns]\na = 5\nb = { lookup = \"name\" }", &["columns.a", "columns.b names no field"]),
            ("[columns]\na = \"x\"\nb = \"x\"", &["two columns go to field \"x\""]),
            ("key = \"y\"\n[columns]\na = \"x\"", &["no column goes to the key"]),
            ("[columns]\na = { field = \"x\", blank = \"zero\" }", &["can only be \"null\""]),
            ("[columns]\na = { field = \"x\", look_up = \"n\" }\n[default]\nb = 1", &["look_up", "\"default\""]),
        ] {
            let refusal = ImportMap::parse(text).expect_err(text);
            let details: Vec<String> = refusal.problems.iter().map(|problem| problem.detail.clone()).collect();
            for part in parts {
                assert!(details.iter().any(|detail| detail.contains(part)), "{text}: {details:?}");
            }
            assert!(refusal.problems.iter().all(|problem| problem.code == "import.map"));
        }
    }
}
