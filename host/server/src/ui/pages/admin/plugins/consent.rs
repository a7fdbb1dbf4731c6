//! What enabling a plugin agrees to: its capabilities, the fields that it reads and writes, its hooks, the rights that it gives.

use guanxi_core::meta::Locale;
use guanxi_core::policy::{ANY_OBJECT, Function, Scope};
use guanxi_sandbox::Manifest;
use guanxi_sandbox::manifest::RoleDecl;
use maud::{Markup, html};

use crate::texts::t;
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::visit::Visit;

/// One line of the list: what, in which words of the manifest, and what exactly.
struct Line {
    what: String,
    code: String,
    exactly: String,
}

/// The list as a table.
pub(super) fn table(visit: &Visit, manifest: &Manifest) -> Markup {
    let texts = t(visit.locale());
    let rows = lines(visit, manifest).into_iter().map(|line| Row {
        href: None,
        cells: vec![html! { span.strong { (line.what) } br; code."mono faint" { (line.code) } }, html! { span.wrapped { (line.exactly) } }],
    });
    let columns = vec![Column::new(texts.capability()), Column::new(texts.capability_what())];
    html! { div.tall { (plain_table(visit.locale(), &Table { label: texts.consent_title().to_owned(), columns, rows: rows.collect(), total: None })) } }
}

fn lines(visit: &Visit, manifest: &Manifest) -> Vec<Line> {
    let texts = t(visit.locale());
    let names = Names { visit, manifest };
    let line = |what: String, code: String, exactly: String| Line { what, code, exactly };
    let objects = manifest.objects.iter().map(|object| object.label.get(visit.locale()).to_owned());
    let fields = manifest.fields.iter().map(|added| format!("{} · {}", names.object(&added.object), added.field.label.get(visit.locale())));
    let own: Vec<String> = objects.chain(fields).collect();
    let own_words = if own.is_empty() { texts.consent_own_none().to_owned() } else { names.joined(&own) };
    let mut lines = vec![line(texts.consent_own().into(), format!("records {}_*", manifest.prefix), own_words)];
    for used in &manifest.capabilities.uses {
        lines.push(match used.as_str() {
            "query" => line(texts.consent_query().into(), used.clone(), texts.consent_query_hint().into()),
            "records.read" => line(texts.consent_records_read().into(), used.clone(), texts.consent_query_hint().into()),
            other => line(other.to_owned(), used.clone(), String::new()),
        });
    }
    for access in &manifest.capabilities.reads {
        let code = format!("reads {}", access.object);
        lines.push(line(texts.consent_read(&names.object(&access.object)), code, names.fields(&access.object, &access.fields)));
    }
    for access in &manifest.capabilities.writes {
        let code = format!("writes {}", access.object);
        lines.push(line(texts.consent_write(&names.object(&access.object)), code, names.fields(&access.object, &access.fields)));
    }
    for hook in &manifest.hooks {
        let watched = names.fields(&hook.object, &hook.watch);
        let when = if hook.watch.is_empty() { texts.consent_hook_any().to_owned() } else { texts.consent_hook_on(&watched) };
        lines.push(line(texts.consent_hook(&names.object(&hook.object)), format!("before-save {}", hook.object), when));
    }
    for role in &manifest.roles {
        let what = if role.label.is_empty() {
            texts.consent_role_more(&names.role(&role.key))
        } else {
            texts.consent_role_new(role.label.get(visit.locale()))
        };
        lines.push(line(what, format!("role {}", role.key), names.grants(role)));
    }
    lines
}

/// Keys of a manifest in words: of its own declarations, else of this tenant's.
pub(super) struct Names<'a> {
    pub(super) visit: &'a Visit,
    pub(super) manifest: &'a Manifest,
}

impl Names<'_> {
    /// The name of an object.
    pub(super) fn object(&self, key: &str) -> String {
        let locale = self.visit.locale();
        if key == ANY_OBJECT {
            return t(locale).any_object().to_owned();
        }
        let own = self.manifest.objects.iter().find(|object| object.key == key).map(|object| object.label.get(locale));
        let there = || self.visit.ctx.snapshot.schema.object(key).map(|object| object.label.get(locale));
        own.or_else(there).unwrap_or(key).to_owned()
    }

    /// The name of a field of an object.
    fn field(&self, object: &str, key: &str) -> String {
        let locale = self.visit.locale();
        let own =
            self.manifest.objects.iter().find(|own| own.key == object).and_then(|own| own.fields.iter().find(|field| field.key == key));
        let added = || self.manifest.fields.iter().find(|added| added.object == object && added.field.key == key).map(|added| &added.field);
        if let Some(field) = own.or_else(added) {
            return field.label.get(locale).to_owned();
        }
        let there = self.visit.ctx.snapshot.schema.object(object).and_then(|object| object.field(key));
        there.map_or_else(|| key.to_owned(), |field| field.label.get(locale).to_owned())
    }

    /// Names of fields in one line.
    pub(super) fn fields(&self, object: &str, keys: &[String]) -> String {
        self.joined(&keys.iter().map(|key| self.field(object, key)).collect::<Vec<_>>())
    }

    fn role(&self, key: &str) -> String {
        let role = self.visit.ctx.snapshot.roles.get(key);
        role.map_or_else(|| key.to_owned(), |role| role.label.get(self.visit.locale()).to_owned())
    }

    /// `产品：查看（全部）；…`
    fn grants(&self, role: &RoleDecl) -> String {
        let texts = t(self.visit.locale());
        let english = self.visit.locale() == Locale::En;
        let reach = |function: &str, scope: &str| {
            let function = Function::parse(function).map_or(function, |function| texts.function(function));
            let scope = Scope::parse(scope).map_or(texts.scope_none(), |scope| texts.scope(scope));
            if english { format!("{function} ({scope})") } else { format!("{function}（{scope}）") }
        };
        let objects = role.grants.iter().map(|(object, functions)| {
            let rights: Vec<String> = Function::ALL
                .iter()
                .filter_map(|function| functions.get(function.name()).map(|scope| reach(function.name(), scope)))
                .collect();
            format!("{}{}{}", self.object(object), if english { ": " } else { "：" }, self.joined(&rights))
        });
        objects.collect::<Vec<_>>().join(if english { "; " } else { "；" })
    }

    /// Words in one line.
    pub(super) fn joined(&self, words: &[String]) -> String {
        words.join(if self.visit.locale() == Locale::En { ", " } else { "、" })
    }
}
