//! `guanxi token create`: the token alone on standard output, once.

use std::sync::Arc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Failure, Output, operator};
use crate::engine::{Engine, NewToken};

/// The command's arguments.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Arguments {
    /// The tenant's key
    #[arg(long, value_name = "KEY")]
    tenant: String,
    /// The user as whom the token acts
    #[arg(long, value_name = "EMAIL")]
    user: String,
    /// What the token is for
    #[arg(long)]
    name: String,
}

pub(super) async fn run(engine: &Arc<Engine>, arguments: Arguments, out: &mut Output) -> Result<(), Failure> {
    let ctx = operator(engine, &arguments.tenant).await?;
    let token = engine.create_token(&ctx, &arguments.user, NewToken { name: arguments.name, ..NewToken::default() }).await?;
    out.out(&token).await;
    Ok(())
}
