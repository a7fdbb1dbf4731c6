//! Places for calls: some for everybody, fewer for each tenant, so that one tenant cannot take them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::TENANT_CALLS;

pub(crate) struct Admission {
    all: Arc<Semaphore>,
    tenants: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A place, given back when dropped.
pub(crate) struct Permit {
    _tenant: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

/// When so many tenants are known, those without calls are forgotten.
const REMEMBERED_TENANTS: usize = 256;

impl Admission {
    pub(crate) fn new(places: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(places)), tenants: Mutex::default() }
    }

    /// Waits for a place; none if there is none in time.
    pub(crate) async fn enter(&self, tenant: &str, queue: Duration) -> Option<Permit> {
        let own = self.of_tenant(tenant);
        let both = async {
            // The tenant's place first: waiting for it must not hold one of everybody's.
            let tenant = own.acquire_owned().await.ok()?;
            let all = self.all.clone().acquire_owned().await.ok()?;
            Some(Permit { _tenant: tenant, _all: all })
        };
        tokio::time::timeout(queue, both).await.ok().flatten()
    }

    fn of_tenant(&self, tenant: &str) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= REMEMBERED_TENANTS {
            tenants.retain(|_, places| Arc::strong_count(places) > 1);
        }
        tenants.entry(tenant.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(TENANT_CALLS))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_tenant_leaves_places_for_others() {
        let admission = Admission::new(TENANT_CALLS + 1);
        let wait = Duration::from_millis(10);
        let mut held = Vec::new();
        for _ in 0..TENANT_CALLS {
            held.push(admission.enter("a", wait).await.expect("a place"));
        }
        assert!(admission.enter("a", wait).await.is_none());
        let other = admission.enter("b", wait).await;
        assert!(other.is_some());
        assert!(admission.enter("c", wait).await.is_none());
        held.clear();
        assert!(admission.enter("a", wait).await.is_some());
    }
}
