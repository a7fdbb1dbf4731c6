//! `guanxi tenant create`: a tenant with the host's objects, roles and its first administrator.

use std::sync::Arc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Failure, Output, read_password};
use crate::engine::Engine;

/// The command's arguments.
#[derive(Args, Serialize, Deserialize)]
pub struct Arguments {
    /// 2 to 31 small letters and digits, beginning with a letter; never used twice
    #[arg(value_name = "KEY")]
    key: String,
    /// The company's name
    #[arg(long)]
    name: String,
    /// The e-mail address of the first administrator
    #[arg(long, value_name = "EMAIL")]
    admin: String,
    /// Read the administrator's password from standard input
    #[arg(long)]
    password_stdin: bool,
    #[arg(skip)]
    password: Option<String>,
}

impl Arguments {
    pub(super) fn prepare(mut self) -> Result<Self, Failure> {
        self.password = if self.password_stdin { Some(read_password()?) } else { None };
        Ok(self)
    }
}

pub(super) async fn run(engine: &Arc<Engine>, arguments: Arguments, out: &mut Output) -> Result<(), Failure> {
    let Arguments { key, name, admin, password, .. } = arguments;
    let without_password = password.is_none();
    engine.create_tenant(&key, &name, &admin, password).await?;
    out.err(&format!("tenant {key} is ready; {admin} administers it")).await;
    if without_password {
        out.err(&format!("{admin} has no password; for the API: guanxi token create --tenant {key} --user {admin} --name NAME")).await;
    }
    Ok(())
}

impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantCreate").field("key", &self.key).finish_non_exhaustive()
    }
}
