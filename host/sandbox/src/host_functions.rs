//! The functions that a guest may import: records, query, log.

use guanxi_core::decimal::format_units;
use guanxi_core::query::{Cell, Grain, MeasureFn};

use crate::bindings::guanxi::{hooks, log, query, records, types, ui};
use crate::convert::{fields_out, id_in, value_out};
use crate::data::{AggregateRequest, FindRequest, GetRequest, Group, GroupKey, HostError, Measure, Measured, Row};
use crate::limits::{MOST_IDS, MOST_ROWS};
use crate::log::Level;
use crate::state::State;

type Answer<T> = wasmtime::Result<Result<T, types::types::Error>>;

impl types::types::Host for State {}
impl hooks::hook_types::Host for State {}
impl ui::view::Host for State {}

impl log::log::Host for State {
    async fn log(&mut self, level: log::log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::log::Level::Debug => Level::Debug,
            log::log::Level::Info => Level::Info,
            log::log::Level::Warn => Level::Warn,
            log::log::Level::Error => Level::Error,
        };
        self.log.lock().line(level, &message);
        Ok(())
    }
}

impl records::records::Host for State {
    async fn get_many(&mut self, object: String, ids: Vec<String>, fields: Vec<String>) -> Answer<Vec<Option<records::records::Row>>> {
        self.count_host_call()?;
        if ids.len() > MOST_IDS {
            return Ok(refused("request.too_large", format!("{} ids at once, {MOST_IDS} are allowed", ids.len())));
        }
        let ids = match ids.iter().map(|id| id_in(id)).collect::<Result<Vec<_>, _>>() {
            Ok(ids) => ids,
            Err(reason) => return Ok(refused("request.malformed", reason)),
        };
        let answer = self.ask(move |data| data.get_many(GetRequest { object, ids, fields })).await?;
        Ok(self
            .bounded(answer, |rows| rows.iter().flatten().map(row_bytes).sum())
            .map(|rows| rows.into_iter().map(|row| row.map(row_out)).collect()))
    }
}

impl query::query::Host for State {
    async fn find(&mut self, request: query::query::FindRequest) -> Answer<Vec<records::records::Row>> {
        self.count_host_call()?;
        let query::query::FindRequest { object, filter, fields, sort, limit } = request;
        let request = FindRequest { object, filter, fields, sort, limit: limit.clamp(1, MOST_ROWS) };
        let answer = self.ask(move |data| data.find(request)).await?;
        Ok(self.bounded(answer, |rows| rows.iter().map(row_bytes).sum()).map(|rows| rows.into_iter().map(row_out).collect()))
    }

    async fn aggregate(&mut self, request: query::query::AggregateRequest) -> Answer<Vec<query::query::Group>> {
        self.count_host_call()?;
        if let Err(error) = self.count_aggregate() {
            return Ok(Err(error_out(error)));
        }
        let request = aggregate_in(request);
        let answer = self.ask(move |data| data.aggregate(request)).await?;
        let bytes = |groups: &Vec<Group>| groups.iter().map(|group| 32 * group.values.len() + fields_bytes(&group.keys)).sum();
        Ok(self.bounded(answer, bytes).map(|groups| groups.iter().map(group_out).collect()))
    }
}

impl State {
    /// Refuses an answer that would copy more into the guest than it may get at once.
    fn bounded<T>(&self, answer: Result<T, HostError>, bytes: impl Fn(&T) -> usize) -> Result<T, types::types::Error> {
        let answer = answer.map_err(error_out)?;
        let (size, allowed) = (bytes(&answer), self.limits.host_copy);
        if size > allowed {
            return Err(error_out(HostError::new("query.too_large", format!("the answer has {size} bytes, {allowed} are allowed"))));
        }
        Ok(answer)
    }
}

fn refused<T>(code: &str, message: String) -> Result<T, types::types::Error> {
    Err(error_out(HostError::new(code, message)))
}

fn error_out(error: HostError) -> types::types::Error {
    types::types::Error { code: error.code, message: error.message, retryable: error.retryable }
}

fn row_out(row: Row) -> records::records::Row {
    records::records::Row { id: row.id.to_string(), fields: fields_out(&row.fields) }
}

fn row_bytes(row: &Row) -> usize {
    48 + fields_bytes(&row.fields)
}

fn fields_bytes(fields: &[crate::types::Field]) -> usize {
    fields.iter().map(|field| 32 + field.key.len() + field.value.as_text().map_or(16, str::len)).sum()
}

fn group_out(group: &Group) -> query::query::Group {
    query::query::Group {
        keys: group.keys.iter().map(|field| value_out(&field.value, field.target.as_deref())).collect(),
        values: group.values.iter().map(cell_out).collect(),
    }
}

fn cell_out(cell: &Cell) -> types::types::Value {
    match cell {
        Cell::Value(value) => value_out(value, None),
        Cell::Count(count) => types::types::Value::Int(*count),
        Cell::Total { units, scale, integer } => match i64::try_from(*units) {
            Ok(total) if *integer => types::types::Value::Int(total),
            _ => types::types::Value::Decimal(format_units(*units, *scale)),
        },
    }
}

fn aggregate_in(request: query::query::AggregateRequest) -> AggregateRequest {
    let group_key = |key: query::query::GroupKey| GroupKey {
        field: key.field,
        grain: key.grain.map(|grain| match grain {
            query::query::Grain::Day => Grain::Day,
            query::query::Grain::Week => Grain::Week,
            query::query::Grain::Month => Grain::Month,
            query::query::Grain::Quarter => Grain::Quarter,
            query::query::Grain::Year => Grain::Year,
        }),
    };
    let measure = |measure: query::query::Measure| Measure {
        function: match measure.function {
            query::query::MeasureFunction::Count => MeasureFn::Count,
            query::query::MeasureFunction::Sum => MeasureFn::Sum,
            query::query::MeasureFunction::Avg => MeasureFn::Avg,
            query::query::MeasureFunction::Min => MeasureFn::Min,
            query::query::MeasureFunction::Max => MeasureFn::Max,
        },
        of: match measure.of {
            query::query::Measured::Records => Measured::Records,
            query::query::Measured::Field(key) => Measured::Field(key),
            query::query::Measured::Expression(text) => Measured::Expression(text),
        },
    };
    AggregateRequest {
        object: request.object,
        filter: request.filter,
        group_by: request.group_by.into_iter().map(group_key).collect(),
        measures: request.measures.into_iter().map(measure).collect(),
    }
}
