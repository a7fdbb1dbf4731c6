//! Keeps the index complete: what was there before it, and what changes of metadata added, is indexed in the background.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use guanxi_core::meta::Object;
use guanxi_store::StoreError;

use crate::engine::{Ctx, Engine, Outcome, Snapshot, Tenant};

/// What is known about a tenant's index. Revisions are those of the metadata.
pub(in crate::engine) struct IndexState {
    /// The index is complete for this one; 0 for none.
    complete: AtomicI64,
    /// Somebody has been sent to complete it for this one.
    sent: AtomicI64,
    /// One at a time.
    building: tokio::sync::Mutex<()>,
}

impl Default for IndexState {
    fn default() -> Self {
        Self { complete: AtomicI64::new(-1), sent: AtomicI64::new(-1), building: tokio::sync::Mutex::default() }
    }
}

impl Engine {
    /// Sends somebody to complete the index for this snapshot, once.
    pub(in crate::engine) fn keep_index(&self, tenant: &Arc<Tenant>, snapshot: &Arc<Snapshot>) {
        let revision = snapshot.meta_rev;
        let state = &tenant.index;
        if state.complete.load(Ordering::SeqCst) == revision || state.sent.swap(revision, Ordering::SeqCst) == revision {
            return;
        }
        let (tenant, schema) = (tenant.clone(), snapshot.schema.clone());
        tokio::spawn(async move {
            let _one = tenant.index.building.lock().await;
            match tenant.store.build_indexes(&schema).await {
                Ok(records) => {
                    tenant.index.complete.store(revision, Ordering::SeqCst);
                    if records > 0 {
                        tracing::info!(tenant = %tenant.key, records, "the search's index is complete");
                    }
                }
                // The next snapshot sends again.
                Err(StoreError::StaleSchema) => {}
                Err(error) => tracing::warn!(tenant = %tenant.key, %error, "the search's index is not complete; it is tried again"),
            }
            let _ = tenant.index.sent.compare_exchange(revision, -1, Ordering::SeqCst, Ordering::SeqCst);
        });
    }

    /// Whether older records of one of these objects may be missing from the index.
    pub(super) async fn is_indexing(&self, ctx: &Ctx, objects: &[Arc<Object>]) -> Outcome<bool> {
        if ctx.tenant.index.complete.load(Ordering::SeqCst) == ctx.snapshot.meta_rev {
            return Ok(false);
        }
        self.keep_index(&ctx.tenant, &ctx.snapshot);
        let missing = ctx.tenant.store.unindexed(&ctx.snapshot.schema).await?;
        Ok(objects.iter().any(|object| missing.contains(&object.key)))
    }
}
