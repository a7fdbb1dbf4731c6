//! The sandbox itself: loads packages, and runs each call in a fresh instance on threads of its own.

use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::admission::Admission;
use crate::aot::AotCache;
use crate::call::{Answer, Call, run};
use crate::data::HostData;
use crate::engine::{POOL_SLOTS, new_engine, start_ticker};
use crate::error::{CallError, CallErrorKind};
use crate::limits::{CallClass, Limits, MOST_DRAFTS};
use crate::package::{Package, PackageError, PackageProblem};
use crate::plugin::Plugin;
use crate::types::{Context, Draft, Verdict};
use crate::view::View;

/// How a sandbox is set up.
#[derive(Clone, Debug, Default)]
pub struct SandboxSettings {
    /// Where compiled plugins are kept; made with mode 0700. None: they are compiled at every start.
    pub cache_directory: Option<PathBuf>,
    /// Guest threads; one per processor if left out.
    pub threads: Option<usize>,
    /// Other limits than those of [`CallClass::limits`].
    pub limits: Option<fn(CallClass) -> Limits>,
}

/// The sandbox could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The engine refused its settings.
    #[error("the WebAssembly engine does not start: {0}")]
    Engine(String),
    /// Threads or the folder of compiled plugins.
    #[error("the sandbox does not start: {0}")]
    Io(#[from] std::io::Error),
}

/// Runs plugins. One per process; cheap to clone.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    engine: Engine,
    cache: Option<AotCache>,
    admission: Admission,
    limits: fn(CallClass) -> Limits,
    /// Guests never run on the runtime that serves requests. Taken out by `drop` only.
    guests: Option<tokio::runtime::Runtime>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(guests) = self.guests.take() {
            // Waiting is not allowed where this may be dropped; calls that still run end with the process.
            guests.shutdown_background();
        }
    }
}

impl Sandbox {
    /// Starts the engine, its ticker and the guest threads.
    pub fn new(settings: &SandboxSettings) -> Result<Self, SandboxError> {
        let cache = settings.cache_directory.as_deref().map(AotCache::open).transpose()?;
        let engine = new_engine().map_err(|error| SandboxError::Engine(error.to_string()))?;
        start_ticker(&engine)?;
        let threads = settings.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(2);
        let guests =
            tokio::runtime::Builder::new_multi_thread().worker_threads(threads.max(1)).thread_name("guanxi-guest").enable_time().build()?;
        Ok(Self(Arc::new(Inner {
            engine,
            cache,
            // A tenth of the pool stays free for instances that are being torn down.
            admission: Admission::new(POOL_SLOTS as usize * 9 / 10),
            limits: settings.limits.unwrap_or(CallClass::limits),
            guests: Some(guests),
        })))
    }

    /// Compiles (or takes from the cache) and links a package. Blocks for up to some seconds: call it where that is allowed.
    pub fn load(&self, package: &Package) -> Result<Plugin, PackageError> {
        let component = match &self.0.cache {
            Some(cache) => cache.component(&self.0.engine, package.digest(), package.bytes()),
            None => Component::from_binary(&self.0.engine, package.bytes()),
        };
        let component = component.map_err(|error| {
            let detail = format!("it does not compile: {}", error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": "));
            PackageProblem::new("package.not_component", detail, "build the package with `guanxi plugin build`")
        })?;
        Plugin::link(&self.0.engine, &component, package)
    }

    /// Asks a plugin about records that are about to be written: one verdict per draft, in the same order. At most 200 drafts.
    pub async fn before_save(
        &self,
        plugin: &Plugin,
        context: Context,
        drafts: Vec<Draft>,
        data: Arc<dyn HostData>,
    ) -> Result<Vec<Verdict>, CallError> {
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        if drafts.len() > MOST_DRAFTS {
            let detail = format!("{} drafts at once, {MOST_DRAFTS} are allowed", drafts.len());
            return Err(CallError { plugin: plugin.id().to_owned(), kind: CallErrorKind::Host, detail });
        }
        let class = CallClass::of_drafts(drafts.len());
        match self.call(plugin, class, context, Call::BeforeSave(drafts), data).await? {
            Answer::Verdicts(verdicts) => Ok(verdicts),
            Answer::View(_) => Err(unexpected(plugin)),
        }
    }

    /// Renders a page of a plugin.
    pub async fn render_page(
        &self,
        plugin: &Plugin,
        context: Context,
        page: String,
        params: Vec<(String, String)>,
        data: Arc<dyn HostData>,
    ) -> Result<View, CallError> {
        self.view(plugin, context, Call::Page { page, params }, data).await
    }

    /// Renders a panel of a plugin for a record.
    pub async fn render_panel(
        &self,
        plugin: &Plugin,
        context: Context,
        panel: String,
        object: String,
        id: uuid::Uuid,
        data: Arc<dyn HostData>,
    ) -> Result<View, CallError> {
        self.view(plugin, context, Call::Panel { panel, object, id }, data).await
    }

    async fn view(&self, plugin: &Plugin, context: Context, call: Call, data: Arc<dyn HostData>) -> Result<View, CallError> {
        match self.call(plugin, CallClass::Interactive, context, call, data).await? {
            Answer::View(view) => Ok(*view),
            Answer::Verdicts(_) => Err(unexpected(plugin)),
        }
    }

    async fn call(
        &self,
        plugin: &Plugin,
        class: CallClass,
        context: Context,
        call: Call,
        data: Arc<dyn HostData>,
    ) -> Result<Answer, CallError> {
        let limits = (self.0.limits)(class);
        let failed = |kind, detail: &str| CallError { plugin: plugin.id().to_owned(), kind, detail: detail.to_owned() };
        let Some(permit) = self.0.admission.enter(&context.tenant, limits.queue).await else {
            return Err(failed(CallErrorKind::Busy, "no place was free in time"));
        };
        let Some(guests) = &self.0.guests else { return Err(failed(CallErrorKind::Host, "the sandbox is shutting down")) };
        let request_runtime = tokio::runtime::Handle::current();
        let (engine, loaded) = (self.0.engine.clone(), plugin.0.clone());
        // If the caller goes away the call runs on to its limits, which are short: nothing is torn down in the middle.
        let task = guests.spawn(async move {
            let answer = run(&engine, &loaded, limits, context, call, data, request_runtime).await;
            drop(permit);
            answer
        });
        match task.await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(plugin = plugin.id(), %error, "the host panicked in a plugin call");
                Err(failed(CallErrorKind::Host, "the host failed during the call"))
            }
        }
    }
}

fn unexpected(plugin: &Plugin) -> CallError {
    CallError { plugin: plugin.id().to_owned(), kind: CallErrorKind::Host, detail: "the answer is of another kind".to_owned() }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sandbox").field("cache", &self.0.cache.is_some()).finish_non_exhaustive()
    }
}
