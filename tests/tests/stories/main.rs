//! Stories: what a customer of the API and of the command line sees, each told on SQLite and on PostgreSQL.
//!
//! One binary, because each links for seconds. A story gets a tenant of its own on a server that all share.

mod aggregate;
mod beside;
mod bulk;
mod children;
mod competitor;
mod corpus;
mod crash;
mod custom;
mod door;
mod expressions;
mod field_types;
mod files;
mod first_values;
mod formulas;
mod guarded;
mod history_pages;
mod host_objects;
mod hostile;
mod idempotency;
mod importing;
mod ledger;
mod lists;
mod many_values;
mod metadata_live;
mod objects;
mod packages;
mod races;
mod records;
mod recycle_bin;
mod rules;
mod sales;
mod same_answers;
mod scopes;
mod tenants;
mod transfer;
mod transitions;
mod two_hosts;
mod type_change;
mod undo;
mod units;
mod wide;
mod writers;
