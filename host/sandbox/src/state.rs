//! What one call carries while its guest runs: budgets, the log, and the way to the data.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use wasmtime::ResourceLimiter;

use crate::cpu::CpuMeter;
use crate::data::{HostData, HostError, HostFuture};
use crate::error::Stop;
use crate::limits::{Limits, TABLE_ELEMENTS};
use crate::log::SharedLog;

/// The data of a store. Made per call, dropped with it.
pub(crate) struct State {
    pub(crate) limits: Limits,
    pub(crate) meter: Arc<CpuMeter>,
    /// Shared, so that it survives a call that is cut off in the middle.
    pub(crate) log: SharedLog,
    pub(crate) memory: MemoryBudget,
    /// The wall clock that the guest sees: the context's "now".
    pub(crate) now: chrono::DateTime<chrono::Utc>,
    pub(crate) started: Instant,
    data: Arc<dyn HostData>,
    request_runtime: Handle,
    host_calls: u32,
    aggregates: u32,
}

impl State {
    pub(crate) fn new(limits: Limits, now: chrono::DateTime<chrono::Utc>, data: Arc<dyn HostData>, request_runtime: Handle) -> Self {
        Self {
            limits,
            meter: Arc::default(),
            log: SharedLog::default(),
            memory: MemoryBudget { allowed: limits.memory, used: 0, last_growth: 0, table_elements: 0 },
            now,
            started: Instant::now(),
            data,
            request_runtime,
            host_calls: 0,
            aggregates: 0,
        }
    }

    /// Counts a question; ends the call when there were too many.
    pub(crate) fn count_host_call(&mut self) -> wasmtime::Result<()> {
        self.host_calls += 1;
        if self.host_calls > self.limits.host_calls {
            return Err(wasmtime::Error::new(Stop::HostCalls(self.limits.host_calls)));
        }
        Ok(())
    }

    /// Counts an aggregate, which costs the database more than other questions. The guest is told and may go on without.
    pub(crate) fn count_aggregate(&mut self) -> Result<(), HostError> {
        self.aggregates += 1;
        if self.aggregates > self.limits.aggregates {
            return Err(HostError::new("query.too_many", format!("a call like this may aggregate {} times", self.limits.aggregates)));
        }
        Ok(())
    }

    /// Runs a question on the runtime that made the call: guest threads never wait for sockets or locks of others.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn HostData) -> HostFuture<'_, T> + Send + 'static,
    ) -> wasmtime::Result<Result<T, HostError>> {
        let data = self.data.clone();
        let task = AbortOnDrop(self.request_runtime.spawn(async move { question(&*data).await }));
        match task.await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                tracing::error!(%error, "a host function of a plugin call failed");
                Err(wasmtime::Error::new(Stop::HostFailed))
            }
        }
    }

    /// Time since the start in whole milliseconds: a finer clock would help to spy on neighbours.
    pub(crate) fn elapsed(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// A question that nobody waits for any more must not go on.
struct AbortOnDrop<T>(tokio::task::JoinHandle<T>);

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<T> std::future::Future for AbortOnDrop<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

/// All memories and tables of a call together; the runtime's own limits count each one for itself.
#[derive(Debug)]
pub(crate) struct MemoryBudget {
    allowed: usize,
    used: usize,
    last_growth: usize,
    table_elements: usize,
}

impl ResourceLimiter for MemoryBudget {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let growth = desired.saturating_sub(current);
        let wanted = self.used.saturating_add(growth);
        if wanted > self.allowed {
            return Err(wasmtime::Error::new(Stop::Memory { wanted, allowed: self.allowed }));
        }
        self.used = wanted;
        self.last_growth = growth;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.used = self.used.saturating_sub(self.last_growth);
        Ok(())
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        self.table_elements = self.table_elements.saturating_add(desired.saturating_sub(current));
        if self.table_elements > TABLE_ELEMENTS {
            let bytes = |elements: usize| elements.saturating_mul(size_of::<usize>());
            return Err(wasmtime::Error::new(Stop::Memory { wanted: bytes(self.table_elements), allowed: bytes(TABLE_ELEMENTS) }));
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_memories_share_one_budget() {
        let mut budget = MemoryBudget { allowed: 100, used: 0, last_growth: 0, table_elements: 0 };
        assert!(budget.memory_growing(0, 60, None).is_ok_and(|grown| grown));
        assert!(budget.memory_growing(0, 40, None).is_ok_and(|grown| grown));
        assert!(budget.memory_growing(40, 41, None).is_err());
        assert!(budget.memory_grow_failed(wasmtime::Error::msg("no memory")).is_ok());
        assert!(budget.memory_growing(0, 40, None).is_ok_and(|grown| grown));
        assert!(budget.table_growing(0, TABLE_ELEMENTS, None).is_ok());
        assert!(budget.table_growing(0, 1, None).is_err());
    }
}
