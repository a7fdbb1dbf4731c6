//! The one place that asks what time it is. Everything else gets time through its context.

use std::sync::Mutex;
use std::time::Instant;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// The server's clock: real time, or in `dev` a time that was set and runs on from there.
#[derive(Debug, Default)]
pub struct Clock {
    set: Mutex<Option<(DateTime<Utc>, Instant)>>,
}

impl Clock {
    /// A clock that shows real time, or starts at `start` and runs on.
    pub fn new(start: Option<DateTime<Utc>>) -> Self {
        let clock = Self::default();
        if let Some(start) = start {
            clock.set(start);
        }
        clock
    }

    /// The time, in whole microseconds, as both databases store it.
    pub fn now(&self) -> DateTime<Utc> {
        let set = *self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = match set {
            Some((start, since)) => start + TimeDelta::from_std(since.elapsed()).unwrap_or_default(),
            None => Utc::now(),
        };
        now.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(now)
    }

    /// Moves the clock; it runs on from there.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.set.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((now, Instant::now()));
    }
}
