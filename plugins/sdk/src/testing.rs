//! Running a plugin natively: `cargo test` needs no server and no WebAssembly.
//!
//! ```
//! use guanxi_plugin::prelude::*;
//! use guanxi_plugin::testing::{MockHost, context};
//!
//! let _host = MockHost::new().on_find("cp_opp", vec![]).install();
//! let rows = FindRequest::new("cp_opp", ["name"]).fetch().expect("the mock answers");
//! assert!(rows.is_empty());
//! assert_eq!(context().today, "2026-11-22");
//! ```

use std::cell::RefCell;
use std::collections::HashMap;

use crate::host::{AggregateRequest, FindRequest, Group, Row};
use crate::plugin::Result;
use crate::{Actor, Context, Error, Field, RecordRef};

/// A context of an administrator on 2026-11-22, 10:00 in Shanghai; change what the test is about.
pub fn context() -> Context {
    Context {
        now: 1_795_312_800_000_000,
        today: "2026-11-22".to_owned(),
        zone: "Asia/Shanghai".to_owned(),
        locale: "en".to_owned(),
        actor: Some(Actor {
            user: RecordRef::new("user", "01900000-0000-7000-8000-00000000000a"),
            name: "Test Person".to_owned(),
            roles: vec!["administrator".to_owned()],
        }),
        cause: "api".to_owned(),
        settings: Vec::new(),
        request_id: "test".to_owned(),
        extras: Vec::new(),
    }
}

/// A row, for answers.
pub fn row(id: &str, fields: Vec<Field>) -> Row {
    Row { id: id.to_owned(), fields }
}

type FindAnswer = Box<dyn Fn(&FindRequest) -> Result<Vec<Row>>>;
type AggregateAnswer = Box<dyn Fn(&AggregateRequest) -> Result<Vec<Group>>>;

/// Answers instead of the host, on the thread that installed it.
#[derive(Default)]
pub struct MockHost {
    records: HashMap<(String, String), Row>,
    finds: HashMap<String, FindAnswer>,
    aggregates: HashMap<String, AggregateAnswer>,
}

thread_local! {
    static MOCK: RefCell<Option<MockHost>> = const { RefCell::new(None) };
}

/// Takes the mock away again when dropped.
pub struct Installed(());

impl Drop for Installed {
    fn drop(&mut self) {
        MOCK.with_borrow_mut(|mock| *mock = None);
    }
}

impl MockHost {
    /// A host that knows nothing: every question is an error that says so.
    pub fn new() -> Self {
        Self::default()
    }

    /// A record for `get_many`.
    pub fn record(mut self, object: &str, row: Row) -> Self {
        self.records.insert((object.to_owned(), row.id.clone()), row);
        self
    }

    /// The same answer to every `find` on an object; the filter is not looked at.
    pub fn on_find(self, object: &str, rows: Vec<Row>) -> Self {
        self.on_find_with(object, move |_| Ok(rows.clone()))
    }

    /// A computed answer to `find` on an object.
    pub fn on_find_with(mut self, object: &str, answer: impl Fn(&FindRequest) -> Result<Vec<Row>> + 'static) -> Self {
        self.finds.insert(object.to_owned(), Box::new(answer));
        self
    }

    /// The same answer to every `aggregate` on an object.
    pub fn on_aggregate(self, object: &str, groups: Vec<Group>) -> Self {
        self.on_aggregate_with(object, move |_| Ok(groups.clone()))
    }

    /// A computed answer to `aggregate` on an object.
    pub fn on_aggregate_with(mut self, object: &str, answer: impl Fn(&AggregateRequest) -> Result<Vec<Group>> + 'static) -> Self {
        self.aggregates.insert(object.to_owned(), Box::new(answer));
        self
    }

    /// Puts it in place for this thread, until the returned guard is dropped.
    #[must_use = "the mock is taken away when the guard is dropped"]
    pub fn install(self) -> Installed {
        MOCK.with_borrow_mut(|mock| *mock = Some(self));
        Installed(())
    }

    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "the real host answers there"))]
    pub(crate) fn answer_get_many(&self, object: &str, ids: &[String], fields: &[String]) -> Result<Vec<Option<Row>>> {
        let wanted = |row: &Row| Row {
            id: row.id.clone(),
            fields: fields.iter().map(|key| Field::new(key.clone(), crate::value::Fields::value(row, key).clone())).collect(),
        };
        Ok(ids.iter().map(|id| self.records.get(&(object.to_owned(), id.clone())).map(wanted)).collect())
    }

    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "the real host answers there"))]
    pub(crate) fn answer_find(&self, request: &FindRequest) -> Result<Vec<Row>> {
        let answer = self.finds.get(&request.object).ok_or_else(|| unexpected("find", &request.object))?;
        answer(request)
    }

    #[cfg_attr(target_arch = "wasm32", expect(dead_code, reason = "the real host answers there"))]
    pub(crate) fn answer_aggregate(&self, request: &AggregateRequest) -> Result<Vec<Group>> {
        let answer = self.aggregates.get(&request.object).ok_or_else(|| unexpected("aggregate", &request.object))?;
        answer(request)
    }
}

fn unexpected(call: &str, object: &str) -> Error {
    Error::new("test.unexpected", format!("the mock host has no answer to {call} on `{object}`"))
}

#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn with_mock<T>(answer: impl FnOnce(&MockHost) -> Result<T>) -> Result<T> {
    MOCK.with_borrow(|mock| match mock {
        Some(mock) => answer(mock),
        None => Err(Error::new("test.no_host", "install a MockHost before calling the host")),
    })
}
