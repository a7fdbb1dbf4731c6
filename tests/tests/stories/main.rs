//! Stories: what a customer of the API and of the command line sees, each told on SQLite and on PostgreSQL.
//!
//! One binary, because each links for seconds. A story gets a tenant of its own on a server that all share.

mod aggregate;
mod beside;
mod competitor;
mod custom;
mod door;
mod guarded;
mod hostile;
mod importing;
mod lists;
mod objects;
mod packages;
mod records;
mod sales;
mod scopes;
mod tenants;
