//! Batches: changes of many records under one number, previewed, followed while they run, and taken back.
//!
//! Every record of a batch goes through the ordinary save, in chunks of at most [`run::CHUNK`]: rights, hooks and rules hold for each,
//! the good ones are written and the others reported. A chunk's rows, their history and the batch's progress commit together, so what an
//! interrupted batch wrote is whole chunks, and can be undone like everything else.

mod bulk;
mod each;
mod journal;
mod purge;
mod recycle_bin;
mod report;
mod run;
mod step;
mod takes_back;
mod transfer;
mod undo;
mod undo_change;

use guanxi_store::{Batch, BatchItem};

pub(super) use run::{AT_A_TIME, ended};

pub use bulk::{BulkOp, BulkRequest};
pub use journal::{BatchPage, BatchView};
pub use recycle_bin::{DeletedPage, DeletedRecord};
pub use report::{BatchReport, Reported, Sample};
pub use transfer::TransferRequest;

/// A batch that was begun.
#[derive(Clone, Debug)]
pub struct Started {
    /// How it is now: running still, or ended.
    pub batch: Batch,
    /// What became of its records, where it has ended.
    pub report: Option<BatchReport>,
}

/// A record of a batch that did not simply change, with its title where the reader may see it.
#[derive(Clone, Debug)]
pub struct BatchRecord {
    /// As it is stored.
    pub item: BatchItem,
    /// Why, for people and programs.
    pub problems: Vec<guanxi_core::Problem>,
    /// How people call the record; empty where the reader may not see it.
    pub title: String,
}
