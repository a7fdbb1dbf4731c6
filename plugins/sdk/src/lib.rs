//! Write plugins for Guanxi as ordinary Rust functions.
//!
//! A plugin is a type that implements [`Plugin`], registered once with [`register!`]. Every hook has a default, so a plugin
//! writes only those it needs. Time, people and settings arrive in the [`Context`]; records are read through [`host`]; a hook
//! answers with a [`Verdict`], a page with a [`View`]. Nothing here talks to the network, to files or to a clock.
//!
//! ```
//! use guanxi_plugin::prelude::*;
//!
//! struct Competitor;
//!
//! impl Plugin for Competitor {
//!     fn before_save(_: &Context, draft: &Draft) -> Result<Verdict> {
//!         let lost = draft.text("status") == Some("lost");
//!         if lost && draft.is_blank("loss_reason") {
//!             return Ok(Verdict::accept().problem(Problem::error("cp.loss.no_reason").field("loss_reason")));
//!         }
//!         Ok(Verdict::accept())
//!     }
//!
//!     fn render_panel(_: &Context, _panel: &str, subject: &RecordRef) -> Result<View> {
//!         let rivals = RecordList::new("cp_opp", ["competitor", "strength"]).filter(filter::equals("opportunity", &subject.id));
//!         Ok(View::new().block(rivals.create(Preset::new().set("opportunity", subject.clone()))))
//!     }
//! }
//!
//! guanxi_plugin::register!(Competitor: before_save, render_panel);
//! # fn main() {}
//! ```
//!
//! `cargo test` runs a plugin natively: see [`testing`].

pub mod bindings;
pub mod date;
pub mod decimal;
pub mod draft;
pub mod filter;
pub mod host;
mod plugin;
pub mod testing;
pub mod value;
pub mod view;

pub use bindings::imports::guanxi::types::types::{Actor, Context, Error, Field, Problem, RecordRef, Severity, Value};
pub use decimal::Decimal;
pub use draft::{ChangeOp, Draft, Verdict};
#[doc(hidden)]
pub use plugin::__is_plugin;
pub use plugin::{Plugin, Result};
pub use view::View;

/// Everything a plugin usually needs.
pub mod prelude {
    pub use crate::date::Date;
    pub use crate::decimal::Decimal;
    pub use crate::draft::{ChangeOp, Draft, Verdict};
    pub use crate::host::{self, AggregateRequest, FindRequest, Grain, GroupKey, Measure, Row};
    pub use crate::value::Fields;
    pub use crate::view::{
        Action, BarChart, Block, Cell, Column, Funnel, FunnelStep, Kanban, Link, Param, Preset, RecordList, Section, Stat, Table, Text,
        Tone, View, msg,
    };
    pub use crate::{Actor, Context, Error, Field, Plugin, Problem, RecordRef, Result, Severity, Value, filter};
}
