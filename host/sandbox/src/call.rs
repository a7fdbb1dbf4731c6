//! One call: a fresh store and instance, budgets set, the answer checked, everything dropped.

use std::sync::Arc;

use tokio::runtime::Handle;
use wasmtime::{Engine, Store, Trap, UpdateDeadline};

use crate::bindings::guanxi::types::types::RecordRef;
use crate::bindings::guanxi::ui::view::Param;
use crate::convert::{context_out, draft_out, shortened, verdicts_in};
use crate::convert_view::ViewReader;
use crate::cpu::Metered;
use crate::data::HostData;
use crate::error::{CallError, CallErrorKind, Stop};
use crate::limits::{HANDLES, Limits};
use crate::log::SharedLog;
use crate::plugin::Loaded;
use crate::state::State;
use crate::types::{Context, Draft, Verdict};
use crate::view::View;

/// What is asked.
pub(crate) enum Call {
    BeforeSave(Vec<Draft>),
    Page { page: String, params: Vec<(String, String)> },
    Panel { panel: String, object: String, id: uuid::Uuid },
}

/// What came back, checked.
pub(crate) enum Answer {
    Verdicts(Vec<Verdict>),
    View(Box<View>),
}

/// How a call ended early.
enum Failure {
    Wasm(wasmtime::Error),
    Told(CallErrorKind, String),
}

impl From<wasmtime::Error> for Failure {
    fn from(error: wasmtime::Error) -> Self {
        Self::Wasm(error)
    }
}

/// Runs a call on a guest thread.
pub(crate) async fn run(
    engine: &Engine,
    plugin: &Loaded,
    limits: Limits,
    context: Context,
    call: Call,
    data: Arc<dyn HostData>,
    request_runtime: Handle,
) -> Result<Answer, CallError> {
    let state = State::new(limits, context.now, data, request_runtime);
    let (log, meter, started) = (state.log.clone(), state.meter.clone(), state.started);
    let work = Metered::new(meter.clone(), work(engine, plugin, state, &context, call));
    let outcome = match tokio::time::timeout(limits.wall, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Failure::Told(CallErrorKind::WallLimit, format!("it did not answer within {:?}", limits.wall))),
    };
    log.lock().emit(&plugin.manifest.id, &context.tenant, &context.request_id);
    let result = outcome.map_err(|failure| explain(&plugin.manifest.id, failure, &log));
    let kind = result.as_ref().err().map_or("ok", |error| error.kind.name());
    tracing::debug!(
        target: "guanxi::plugin",
        plugin = %plugin.manifest.id,
        tenant = %context.tenant,
        request = %context.request_id,
        cpu_us = u64::try_from(meter.used().as_micros()).unwrap_or(u64::MAX),
        wall_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        outcome = kind,
        "plugin call"
    );
    result
}

async fn work(engine: &Engine, plugin: &Loaded, state: State, context: &Context, call: Call) -> Result<Answer, Failure> {
    let limits = state.limits;
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(limits.output);
    store.set_max_component_handles(HANDLES);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(move |caller| {
        if caller.data().meter.used() > limits.cpu {
            return Err(wasmtime::Error::new(Stop::Cpu(limits.cpu)));
        }
        // Also lets the timer of the wall limit have its turn.
        Ok(UpdateDeadline::Yield(1))
    });
    let instance = plugin.pre.instantiate_async(&mut store).await?;
    let wit_context = context_out(context);
    let manifest = &plugin.manifest;
    let bad = |reason: String| Failure::Told(CallErrorKind::BadResult, reason);
    match call {
        Call::BeforeSave(drafts) => {
            let indices = plugin.before_save.as_ref().ok_or_else(|| not_exported("before-save"))?;
            let guest = indices.load(&mut store, &instance)?;
            let wit_drafts: Vec<_> = drafts.iter().map(draft_out).collect();
            let verdicts = guest.call_before_save(&mut store, &wit_context, &wit_drafts).await?;
            Ok(Answer::Verdicts(verdicts_in(manifest, &drafts, verdicts).map_err(bad)?))
        }
        Call::Page { page, params } => {
            let indices = plugin.render_page.as_ref().ok_or_else(|| not_exported("render-page"))?;
            let guest = indices.load(&mut store, &instance)?;
            let params: Vec<_> = params.into_iter().map(|(key, value)| Param { key, value }).collect();
            let view = guest.call_render_page(&mut store, &wit_context, &page, &params).await?.map_err(refused)?;
            Ok(Answer::View(Box::new(ViewReader { manifest, locale: context.locale }.view(view).map_err(bad)?)))
        }
        Call::Panel { panel, object, id } => {
            let indices = plugin.render_panel.as_ref().ok_or_else(|| not_exported("render-panel"))?;
            let guest = indices.load(&mut store, &instance)?;
            let subject = RecordRef { object, id: id.to_string() };
            let view = guest.call_render_panel(&mut store, &wit_context, &panel, &subject).await?.map_err(refused)?;
            Ok(Answer::View(Box::new(ViewReader { manifest, locale: context.locale }.view(view).map_err(bad)?)))
        }
    }
}

fn not_exported(interface: &str) -> Failure {
    Failure::Told(CallErrorKind::NotExported, format!("it does not export `{interface}`"))
}

fn refused(error: crate::bindings::guanxi::types::types::Error) -> Failure {
    Failure::Told(CallErrorKind::Refused, format!("{}: {}", shortened(&error.code), shortened(&error.message)))
}

fn explain(plugin: &str, failure: Failure, log: &SharedLog) -> CallError {
    let (kind, detail) = match failure {
        Failure::Told(kind, detail) => (kind, detail),
        Failure::Wasm(error) => explain_wasm(&error, log),
    };
    CallError { plugin: plugin.to_owned(), kind, detail }
}

fn explain_wasm(error: &wasmtime::Error, log: &SharedLog) -> (CallErrorKind, String) {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return (stop.kind(), stop.to_string());
    }
    if error.downcast_ref::<wasmtime::PoolConcurrencyLimitError>().is_some() {
        return (CallErrorKind::Busy, "no instance was free".to_owned());
    }
    // The runtime keeps this error's type to itself.
    if error.chain().any(|cause| cause.to_string().contains("fuel allocated for hostcalls has been exhausted")) {
        return (CallErrorKind::OutputLimit, "it handed over more data at once than it may".to_owned());
    }
    let words = log.lock().last_words();
    let cause = error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), ToString::to_string);
    (CallErrorKind::Trapped, words.unwrap_or(cause))
}
