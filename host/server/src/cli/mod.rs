//! The command line (design §13): one file per command. A command about data runs inside the server that owns the data folder, or in this
//! process when there is none; both call the same function.

mod dev;
mod failure;
mod import;
mod local;
mod output;
mod package;
mod plugin_build;
mod plugin_check;
mod plugin_disable;
mod plugin_enable;
mod plugin_install;
mod plugin_list;
mod plugin_pack;
mod serve;
mod tenant_create;
mod token_create;
mod user_create;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use serde::{Deserialize, Serialize};

pub use failure::{Exit, Failure};
pub use output::{Output, Pace};

use crate::config::Place;
use crate::engine::{Ctx, Engine, Tenant};

/// A CRM server that plugins extend.
#[derive(Debug, Parser)]
#[command(name = "guanxi", version, arg_required_else_help = true)]
struct Line {
    #[command(flatten)]
    place: PlaceArguments,
    #[command(subcommand)]
    command: Top,
}

#[derive(Debug, Args)]
struct PlaceArguments {
    /// The data folder
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The settings file (guanxi.toml in the current folder, if it is there)
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Top {
    /// Run the production server
    Serve,
    /// Run a server with a tenant to try things in, logged in by a link
    Dev(dev::Arguments),
    /// Tenants
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Users
    #[command(subcommand)]
    User(UserCommand),
    /// Plugins: build, check and pack one; install, enable and disable it
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Load a CSV file into an object
    Import(import::Arguments),
}

#[derive(Debug, Subcommand)]
enum TenantCommand {
    /// Make a tenant with its administrator
    Create(tenant_create::Arguments),
}

#[derive(Debug, Subcommand)]
enum TokenCommand {
    /// Make an API token and print it, once
    Create(token_create::Arguments),
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make a user
    Create(user_create::Arguments),
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    /// Build the plugin in the current folder into a package
    Build(plugin_build::Arguments),
    /// Examine a package: its form, its manifest, what it imports
    Check(plugin_check::Arguments),
    /// Build the plugin in the current folder and write NAME-VERSION.gxm
    Pack(plugin_pack::Arguments),
    /// Put a package on this server
    Install(plugin_install::Arguments),
    /// Enable an installed plugin in a tenant
    Enable(plugin_enable::Arguments),
    /// Disable a plugin in a tenant; its data stay
    Disable(plugin_disable::Arguments),
    /// Show the installed packages
    List(plugin_list::Arguments),
}

/// A command about data: it runs where the data are owned.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `guanxi tenant create`
    TenantCreate(tenant_create::Arguments),
    /// `guanxi user create`
    UserCreate(user_create::Arguments),
    /// `guanxi token create`
    TokenCreate(token_create::Arguments),
    /// `guanxi plugin install`
    PluginInstall(plugin_install::Arguments),
    /// `guanxi plugin enable`
    PluginEnable(plugin_enable::Arguments),
    /// `guanxi plugin disable`
    PluginDisable(plugin_disable::Arguments),
    /// `guanxi plugin list`
    PluginList(plugin_list::Arguments),
    /// `guanxi import`
    Import(import::Arguments),
}

/// The program: reads the command line, runs it, ends with its code.
pub fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program cannot start its threads: {error}");
            return ExitCode::from(Exit::Failed.code());
        }
    };
    let exit = runtime.block_on(dispatch(line));
    // A thread that waits for standard input or a slow guest must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    ExitCode::from(exit)
}

async fn dispatch(line: Line) -> u8 {
    let place = Place { data: line.place.data, config: line.place.config };
    let done = match line.command {
        Top::Serve => serve::run(&place).await,
        Top::Dev(arguments) => dev::run(&place, arguments).await,
        Top::Plugin(PluginCommand::Build(arguments)) => plugin_build::run(arguments).await,
        Top::Plugin(PluginCommand::Check(arguments)) => plugin_check::run(arguments).await,
        Top::Plugin(PluginCommand::Pack(arguments)) => plugin_pack::run(arguments).await,
        Top::Plugin(PluginCommand::Install(arguments)) => return about_data(&place, arguments.prepare().map(Command::PluginInstall)).await,
        Top::Plugin(PluginCommand::Enable(arguments)) => return about_data(&place, Ok(Command::PluginEnable(arguments))).await,
        Top::Plugin(PluginCommand::Disable(arguments)) => return about_data(&place, Ok(Command::PluginDisable(arguments))).await,
        Top::Plugin(PluginCommand::List(arguments)) => return about_data(&place, Ok(Command::PluginList(arguments))).await,
        Top::Tenant(TenantCommand::Create(arguments)) => return about_data(&place, arguments.prepare().map(Command::TenantCreate)).await,
        Top::Token(TokenCommand::Create(arguments)) => return about_data(&place, Ok(Command::TokenCreate(arguments))).await,
        Top::User(UserCommand::Create(arguments)) => return about_data(&place, arguments.prepare().map(Command::UserCreate)).await,
        Top::Import(arguments) => return about_data(&place, arguments.prepare().map(Command::Import)).await,
    };
    match done {
        Ok(()) => Exit::Done.code(),
        Err(failure) => tell(&failure),
    }
}

async fn about_data(place: &Place, command: Result<Command, Failure>) -> u8 {
    let ran = match command {
        Ok(command) => local::run(place, command).await,
        Err(failure) => Err(failure),
    };
    ran.unwrap_or_else(|failure| tell(&failure))
}

fn tell(failure: &Failure) -> u8 {
    for line in failure.lines() {
        eprintln!("{line}");
    }
    failure.exit.code()
}

/// Runs a command about data in the process that owns them.
pub async fn run(engine: &Arc<Engine>, command: Command, out: &mut Output) -> Exit {
    let done = match command {
        Command::TenantCreate(arguments) => tenant_create::run(engine, arguments, out).await,
        Command::UserCreate(arguments) => user_create::run(engine, arguments, out).await,
        Command::TokenCreate(arguments) => token_create::run(engine, arguments, out).await,
        Command::PluginInstall(arguments) => plugin_install::run(engine, arguments, out).await,
        Command::PluginEnable(arguments) => plugin_enable::run(engine, arguments, out).await,
        Command::PluginDisable(arguments) => plugin_disable::run(engine, arguments, out).await,
        Command::PluginList(arguments) => plugin_list::run(engine, arguments, out).await,
        Command::Import(arguments) => import::run(engine, arguments, out).await,
    };
    match done {
        Ok(()) => Exit::Done,
        Err(failure) => {
            for line in failure.lines() {
                out.err(&line).await;
            }
            failure.exit
        }
    }
}

impl Command {
    /// Whether the command may be the first one on a new server.
    fn begins(&self) -> bool {
        matches!(self, Self::TenantCreate(_) | Self::PluginInstall(_))
    }
}

/// A tenant that a command names.
async fn tenant(engine: &Engine, key: &str) -> Result<Arc<Tenant>, Failure> {
    match engine.tenant(key).await? {
        Some(tenant) => Ok(tenant),
        None => Err(Failure::new(format!("no tenant {key:?} on this server"))
            .hint(format!("make it: guanxi tenant create {key} --name NAME --admin EMAIL"))),
    }
}

/// The operator acting in a tenant that a command names.
async fn operator(engine: &Engine, key: &str) -> Result<Ctx, Failure> {
    let tenant = tenant(engine, key).await?;
    Ok(engine.system_ctx(tenant).await?)
}

/// A password from standard input: its first line.
fn read_password() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| Failure::new(format!("the password cannot be read from standard input: {error}")))?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        return Err(
            Failure::usage("standard input holds no password").hint("pipe it in: printf '%s' \"$PASSWORD\" | guanxi … --password-stdin")
        );
    }
    Ok(password)
}
