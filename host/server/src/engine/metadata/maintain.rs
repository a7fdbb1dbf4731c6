//! What time does to a tenant: dropped fields lose their values, their columns become free.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use guanxi_store::{Work, within};

use crate::engine::{Engine, Outcome, Tenant};

impl Engine {
    /// Does what is due in one tenant. Repeating it, or doing it on two hosts at once, does no harm.
    pub async fn maintain(&self, tenant: &Arc<Tenant>, now: DateTime<Utc>) -> Outcome<()> {
        self.fill_due(tenant).await?;
        let snapshot = self.snapshot(tenant).await?;
        self.keep_index(tenant, &snapshot);
        let freed = tenant.store.purge_dropped(now).await?;
        if freed > 0 {
            tracing::info!(tenant = %tenant.key, columns = freed, "columns of dropped fields are free");
        }
        Ok(())
    }

    /// The same in every tenant that is open here. What fails is logged and tried again the next time.
    pub async fn maintain_open(&self) {
        let now = self.clock.now();
        for tenant in self.open_tenants() {
            if let Err(refusal) = within(Work::Job, self.maintain(&tenant, now)).await {
                tracing::warn!(tenant = %tenant.key, problem = %refusal.code(), "maintenance did not end; it is tried again");
            }
        }
    }
}
