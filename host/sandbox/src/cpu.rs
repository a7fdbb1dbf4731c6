//! Processor time of one call: what its thread really used, not what passed while others ran.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Adds up the time inside polls. A call moves between threads only between polls, so each poll is measured on one thread.
#[derive(Debug, Default)]
pub(crate) struct CpuMeter {
    finished_nanos: AtomicU64,
    poll_started_nanos: AtomicU64,
}

impl CpuMeter {
    /// The time used so far; right only inside a poll of this call or after its end.
    pub(crate) fn used(&self) -> Duration {
        let started = self.poll_started_nanos.load(Ordering::Relaxed);
        let running = if started == 0 { 0 } else { thread_nanos().saturating_sub(started) };
        Duration::from_nanos(self.finished_nanos.load(Ordering::Relaxed) + running)
    }

    fn begin(&self) {
        self.poll_started_nanos.store(thread_nanos(), Ordering::Relaxed);
    }

    fn end(&self) {
        let started = self.poll_started_nanos.swap(0, Ordering::Relaxed);
        self.finished_nanos.fetch_add(thread_nanos().saturating_sub(started), Ordering::Relaxed);
    }
}

fn thread_nanos() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    (now.tv_sec as u64).wrapping_mul(1_000_000_000).wrapping_add(now.tv_nsec as u64).max(1)
}

/// A future whose polls are measured.
pub(crate) struct Metered<F> {
    meter: Arc<CpuMeter>,
    inner: Pin<Box<F>>,
}

impl<F: Future> Metered<F> {
    pub(crate) fn new(meter: Arc<CpuMeter>, inner: F) -> Self {
        Self { meter, inner: Box::pin(inner) }
    }
}

impl<F: Future> Future for Metered<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.meter.begin();
        let poll = self.inner.as_mut().poll(context);
        self.meter.end();
        poll
    }
}
