//! How long one statement may run, by what it is for: a slow one ends with [`crate::StoreError::TooSlow`] instead of holding a connection.
//!
//! What is being done is known to whoever began it, long before the statement: so it travels with the task, and every read asks for it.

use std::future::Future;
use std::time::Duration;

/// What a statement is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// A plugin's hook asks, in the middle of a save.
    Hook,
    /// Somebody waits for a page of records.
    Interactive,
    /// Somebody waits for figures.
    Report,
    /// Nobody waits: batches, imports, changes of metadata, jobs.
    Job,
}

/// The deadlines of a server. The default is the product's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Of [`Work::Hook`].
    pub hook: Duration,
    /// Of [`Work::Interactive`].
    pub interactive: Duration,
    /// Of [`Work::Report`].
    pub report: Duration,
    /// Of [`Work::Job`].
    pub job: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            hook: Duration::from_millis(50),
            interactive: Duration::from_secs(2),
            report: Duration::from_secs(10),
            job: Duration::from_secs(60),
        }
    }
}

/// However short the deadline of lists is, sessions, rights and metadata have this long: without them there is no list at all.
const LEAST_ORDINARY: Duration = Duration::from_secs(1);

impl Deadlines {
    /// The same long deadline for everything; for tests, which must not depend on how busy a machine is.
    pub fn patient() -> Self {
        let long = Duration::from_secs(120);
        Self { hook: long, interactive: long, report: long, job: long }
    }

    /// How long a statement of this work may run.
    pub fn of(&self, work: Work) -> Duration {
        match work {
            Work::Hook => self.hook,
            Work::Interactive => self.interactive,
            Work::Report => self.report,
            Work::Job => self.job,
        }
    }

    /// How long a statement may run that is no query of somebody: reads of sessions, rights, metadata and single records.
    pub(crate) fn ordinary(&self) -> Duration {
        self.interactive.max(LEAST_ORDINARY)
    }

    /// How long a statement of the present work may run; `or` where nobody said what it is.
    pub(crate) fn now(&self, or: Option<Work>) -> Duration {
        current().or(or).map_or_else(|| self.ordinary(), |work| self.of(work))
    }

    /// How long a statement of a transaction may run, which must not end sooner than its wait for a lock.
    pub(crate) fn of_transaction(&self) -> Duration {
        let work = current().map_or(Duration::ZERO, |work| self.of(work));
        self.report.max(work).max(self.ordinary())
    }
}

tokio::task_local! {
    static WORK: Work;
}

/// Runs something as work of this sort. The innermost word counts; a spawned task begins without one.
pub async fn within<F: Future>(work: Work, doing: F) -> F::Output {
    WORK.scope(work, doing).await
}

/// What the present task is doing, if anybody said.
fn current() -> Option<Work> {
    WORK.try_with(|work| *work).ok()
}

/// A time limit as PostgreSQL takes it; 0 would mean none.
pub(crate) fn milliseconds(limit: Duration) -> u128 {
    limit.as_millis().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_innermost_word_counts() {
        let deadlines = Deadlines::default();
        assert_eq!(deadlines.now(None), Duration::from_secs(2));
        assert_eq!(deadlines.now(Some(Work::Report)), Duration::from_secs(10));
        within(Work::Job, async {
            assert_eq!(deadlines.now(Some(Work::Interactive)), Duration::from_secs(60));
            assert_eq!(deadlines.of_transaction(), Duration::from_secs(60));
            within(Work::Hook, async { assert_eq!(deadlines.now(None), Duration::from_millis(50)) }).await;
        })
        .await;
        let hasty = Deadlines { interactive: Duration::from_millis(1), ..deadlines };
        assert_eq!((hasty.now(None), hasty.now(Some(Work::Interactive))), (Duration::from_secs(1), Duration::from_millis(1)));
        assert_eq!((hasty.of_transaction(), milliseconds(Duration::from_nanos(1))), (Duration::from_secs(10), 1));
    }
}
