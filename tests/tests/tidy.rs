//! The invariants that a machine can check: who may depend on whom, which words stand where, what must come in pairs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    guanxi_tests::binary::root().to_owned()
}

/// All files under `folder` (relative to the root) whose name ends so, without build output.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", ".git", "data", "node_modules"].contains(&name.as_str()) {
                    open.push(path);
                }
            } else if name.ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The code of a file with comments and the trailing `mod tests` cut off.
fn code_without_tests(path: &Path) -> String {
    let text = read(path);
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

fn fail_if_any(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

fn dependencies(manifest: &Path, sections: &[&str]) -> BTreeSet<String> {
    let parsed: toml::Table = read(manifest).parse().expect("a manifest is TOML");
    let tables = sections.iter().filter_map(|section| parsed.get(*section).and_then(toml::Value::as_table));
    tables.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn layers() {
    let ours = |crate_name: &str| -> BTreeSet<String> {
        let manifest = root().join(crate_name).join("Cargo.toml");
        dependencies(&manifest, &["dependencies", "build-dependencies"]).into_iter().filter(|name| name.starts_with("guanxi")).collect()
    };
    for (name, may) in [
        ("host/core", &[][..]),
        ("host/store", &["guanxi-core"]),
        ("host/sandbox", &["guanxi-core"]),
        ("host/server", &["guanxi-core", "guanxi-store", "guanxi-sandbox"]),
        ("tests", &[]),
    ] {
        let may: BTreeSet<String> = may.iter().map(|name| (*name).to_owned()).collect();
        let over: Vec<String> = ours(name).difference(&may).cloned().collect();
        fail_if_any(&format!("{name} must not depend on"), &over);
    }
    for (dependency, owner) in
        [("sqlx", "host/store"), ("sea-query", "host/store"), ("sea-query-sqlx", "host/store"), ("wasmtime", "host/sandbox")]
    {
        for name in ["host/core", "host/store", "host/sandbox", "host/server"] {
            let has = dependencies(&root().join(name).join("Cargo.toml"), &["dependencies"]).contains(dependency);
            assert_eq!(has, name == owner, "{dependency} belongs to {owner} alone, and {name} has it: {has}");
        }
    }
    for forbidden in ["tokio", "reqwest", "getrandom", "tempfile"] {
        let has = dependencies(&root().join("host/core/Cargo.toml"), &["dependencies"]).contains(forbidden);
        assert!(!has, "core is pure: no {forbidden}");
    }
}

#[test]
fn words_that_belong_to_one_layer() {
    let mut found = Vec::new();
    for (word, owner) in [
        ("sqlx", "host/store"),
        ("sea_query", "host/store"),
        ("AssertSqlSafe", "host/store"),
        ("wasmtime", "host/sandbox"),
        ("wasmparser", "host/sandbox"),
    ] {
        for file in files("host", ".rs") {
            let name = shown(&file);
            let in_code =
                code_without_tests(&file).lines().any(|line| line.contains(&format!("{word}::")) || line.contains(&format!("use {word}")));
            if !name.starts_with(owner) && in_code {
                found.push(format!("{name} uses {word}"));
            }
        }
    }
    fail_if_any("outside their layer", &found);
}

/// Invariant 1: SQL is text in the store only. Looks for statements as they would stand in a string.
#[test]
fn no_sql_text_outside_the_store() {
    let mut found = Vec::new();
    for file in files("host", ".rs") {
        let name = shown(&file);
        if name.starts_with("host/store/") || name.contains("/tests/") || name.contains("/benches/") {
            continue;
        }
        for (number, line) in code_without_tests(&file).lines().enumerate() {
            let lower = line.to_lowercase();
            let statement = ["\"select ", "\"insert into ", "\"update \"", "\"delete from ", "\"create table ", "\"alter table "];
            if statement.iter().any(|start| lower.contains(start))
                && (lower.contains(" from ") || lower.contains(" into ") || lower.contains(" table "))
            {
                found.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    fail_if_any("SQL text outside host/store", &found);
}

#[test]
fn time_comes_from_one_file() {
    let mut found = Vec::new();
    for file in files("host", ".rs") {
        let name = shown(&file);
        if name == "host/server/src/clock.rs" || name.contains("/tests/") || name.contains("/benches/") {
            continue;
        }
        for (number, line) in code_without_tests(&file).lines().enumerate() {
            if ["Utc::now", "Local::now", "SystemTime::now", "UNIX_EPOCH.elapsed", "Uuid::now_v7", "CURRENT_TIMESTAMP"]
                .iter()
                .any(|call| line.contains(call))
            {
                found.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    fail_if_any("the time is read outside host/server/src/clock.rs", &found);
}

/// Invariant 8. Words of an industry in code, texts or styles of the host; tests and samples of components may use them as examples.
#[test]
fn the_host_knows_no_industry() {
    let words = [
        "opportunity",
        "opportunities",
        "deal",
        "deals",
        "vehicle",
        "vehicles",
        "dealer",
        "dealers",
        "competitor",
        "competitors",
        "pipeline",
        "forecast",
        "warranty",
        "workshop",
        "loss_reason",
        "success_rate",
        "商机",
        "销售机会",
        "竞争对手",
        "经销商",
        "车辆",
        "漏斗",
    ];
    let mut found = Vec::new();
    for ending in [".rs", ".css", ".js", ".toml"] {
        for file in files("host", ending) {
            let name = shown(&file);
            if name.contains("/tests/") || name.contains("/benches/") {
                continue;
            }
            let code = code_without_tests(&file);
            let samples = ["fn samples(", "fn sample_"].iter().filter_map(|start| code.find(start)).min().unwrap_or(code.len());
            for (number, line) in code[..samples].lines().enumerate() {
                let lower = line.to_lowercase();
                let plain: Vec<&str> = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
                if let Some(word) = words.iter().find(|word| if word.is_ascii() { plain.contains(word) } else { lower.contains(*word) }) {
                    found.push(format!("{name}:{}: {word}", number + 1));
                }
            }
        }
    }
    fail_if_any("words of an industry in the host", &found);
}

#[test]
fn file_sizes() {
    let mut found = Vec::new();
    for folder in ["host", "plugins", "tests"] {
        for file in files(folder, ".rs") {
            let text = read(&file);
            let lines = text.lines().count();
            let explained = text.lines().next().is_some_and(|first| first.starts_with("//!") && first.to_lowercase().contains("long"));
            if lines > 900 || (lines > 600 && !explained) {
                found.push(format!("{} has {lines} lines", shown(&file)));
            }
        }
    }
    fail_if_any("look for the seam (above 600 the first line says why it is long, above 900 nothing helps)", &found);
}

#[test]
fn module_docs() {
    let mut found = Vec::new();
    for folder in ["host", "plugins", "tests"] {
        for file in files(folder, ".rs") {
            let generated = read(&file).lines().take(3).any(|line| line.contains("@generated") || line.contains("Generated by"));
            if !read(&file).trim_start().starts_with("//!") && !generated {
                found.push(shown(&file));
            }
        }
    }
    fail_if_any("each file opens with what it is (`//!`)", &found);
}

#[test]
fn nothing_is_left_for_later_in_code() {
    let words = ["todo!(", "unimplemented!(", "#[ignore", "FIXME", "HACK:"].map(|word| word.to_owned());
    let mut found = Vec::new();
    for folder in ["host", "plugins", "tests"] {
        for file in files(folder, ".rs") {
            if file.ends_with("tests/tests/tidy.rs") {
                continue;
            }
            for (number, line) in read(&file).lines().enumerate() {
                if words.iter().any(|word| line.contains(word)) {
                    found.push(format!("{}:{}: {}", shown(&file), number + 1, line.trim()));
                }
            }
        }
    }
    fail_if_any("unfinished", &found);
}

#[test]
fn migrations_come_in_pairs() {
    let names = |database: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(database);
        files(&format!("migrations/{database}"), ".sql")
            .into_iter()
            .map(|file| file.strip_prefix(&folder).expect("it lies inside").display().to_string())
            .collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty(), "there are migrations");
    assert_eq!(sqlite, postgres, "same numbers and names on both databases");
    let numbers: Vec<String> = sqlite.iter().map(|name| name.split('_').next().unwrap_or_default().to_owned()).collect();
    let unique: BTreeSet<&String> = numbers.iter().collect();
    assert_eq!(unique.len(), numbers.len(), "a number is used once: {numbers:?}");
}

#[test]
fn both_lock_files_exist() {
    for file in ["Cargo.lock", "plugins/Cargo.lock", "LICENSE", "README.md", "docs/architecture.md", "docs/coverage.md", ".ci/run"] {
        assert!(root().join(file).is_file(), "{file} is missing");
    }
    let ignored = read(&root().join(".gitignore"));
    assert!(!ignored.lines().any(|line| line.contains("Cargo.lock")), "lock files are committed");
}

/// `docs/coverage.md` names tests as `binary::module::function`; each must exist.
#[test]
fn the_tests_named_in_coverage_exist() {
    let coverage = read(&root().join("docs/coverage.md"));
    let mut found = Vec::new();
    let mut named = 0;
    for name in coverage.split('`').skip(1).step_by(2).filter(|name| name.contains("::")) {
        named += 1;
        let parts: Vec<&str> = name.split("::").collect();
        let candidates: Vec<PathBuf> = match parts.as_slice() {
            [binary, module, _] => vec![root().join(format!("tests/tests/{binary}/{module}.rs"))],
            [binary, _] => vec![root().join(format!("tests/tests/{binary}.rs")), root().join(format!("tests/tests/{binary}/main.rs"))],
            _ => Vec::new(),
        };
        let function = format!("fn {}(", parts.last().copied().unwrap_or_default());
        if !candidates.iter().any(|file| std::fs::read_to_string(file).is_ok_and(|text| text.contains(&function))) {
            found.push(name.to_owned());
        }
    }
    assert!(named > 20, "the table names its tests");
    fail_if_any("named in docs/coverage.md and not there", &found);
}

/// Every label of a manifest is given in both languages.
#[test]
fn plugin_texts_are_in_both_languages() {
    fn walk(value: &toml::Value, place: &str, found: &mut Vec<String>) {
        match value {
            toml::Value::Table(table) => {
                if table.contains_key("zh-CN") != table.contains_key("en") {
                    found.push(place.to_owned());
                }
                for (key, value) in table {
                    walk(value, &format!("{place}.{key}"), found);
                }
            }
            toml::Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| walk(item, &format!("{place}[{at}]"), found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for file in files("plugins", "plugin.toml") {
        let name = shown(&file);
        if name.contains("/test-guests/") {
            continue;
        }
        match read(&file).parse::<toml::Table>() {
            Ok(table) => walk(&toml::Value::Table(table), &name, &mut found),
            Err(error) => found.push(format!("{name}: {error}")),
        }
    }
    fail_if_any("a text in one language only", &found);
}

#[test]
fn the_crates_carry_the_house_rules() {
    let mut found = Vec::new();
    for manifest in files("host", "Cargo.toml").into_iter().chain([root().join("tests/Cargo.toml")]) {
        let parsed: toml::Table = read(&manifest).parse().expect("a manifest is TOML");
        let inherits = |section: &str, key: &str| parsed.get(section).and_then(|table| table.get(key)).is_some();
        if !inherits("lints", "workspace") || !inherits("package", "license") || !inherits("package", "rust-version") {
            found.push(shown(&manifest));
        }
    }
    fail_if_any("a crate without the workspace's lints, licence or rust-version", &found);
    assert!(read(&root().join("LICENSE")).contains("Apache License"));
    let workspace = read(&root().join("Cargo.toml"));
    assert!(workspace.contains("rust-version = \"1.95\"") && workspace.contains("license = \"Apache-2.0\""));
    assert!(!workspace.contains("panic = \"abort\""), "a panic unwinds (invariant 5)");
}
