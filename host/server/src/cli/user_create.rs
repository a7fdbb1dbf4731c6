//! `guanxi user create`: a user with a department and roles.

use std::sync::Arc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Failure, Output, operator, read_password};
use crate::engine::{Engine, NewUser};

/// The command's arguments.
#[derive(Args, Serialize, Deserialize)]
pub struct Arguments {
    /// The tenant's key
    #[arg(long, value_name = "KEY")]
    tenant: String,
    /// The user logs in with it
    #[arg(long)]
    email: String,
    /// Shown everywhere
    #[arg(long)]
    name: String,
    /// The name of the user's department
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// A role's key; may be given several times
    #[arg(long = "role", value_name = "KEY")]
    roles: Vec<String>,
    /// Read the password from standard input
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
    let Arguments { tenant, email, name, department, roles, password, .. } = arguments;
    let ctx = operator(engine, &tenant).await?;
    let without_role = roles.is_empty();
    engine.create_user(&ctx, NewUser { email: email.clone(), name, department, roles, password }).await?;
    out.err(&format!("user {email} is ready")).await;
    if without_role {
        out.err("the user has no role and sees nothing yet; give one in the administration, or with --role KEY next time").await;
    }
    Ok(())
}

impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserCreate").field("tenant", &self.tenant).field("email", &self.email).finish_non_exhaustive()
    }
}
