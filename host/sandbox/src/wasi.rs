//! The little of WASI that compiled languages cannot do without: an empty environment, captured output, exit, clocks of the call, randomness.
//!
//! Everything else of the interfaces in [`crate::capability`]'s list traps when it is called; other interfaces do not link at all.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentType, Linker, LinkerInstance, Lower, Resource, ResourceType};
use wasmtime::{Engine, StoreContextMut};

use crate::error::Stop;
use crate::limits::RANDOM_BYTES;
use crate::state::State;

struct OutputStream;
struct InputStream;
struct Pollable;
struct IoError;
struct TerminalInput;
struct TerminalOutput;

/// WASI's `stream-error`; a guest here only ever sees `closed`.
#[derive(ComponentType, Lower)]
#[component(variant)]
enum StreamError {
    #[component(name = "last-operation-failed")]
    #[expect(dead_code, reason = "the case must exist for the types to agree")]
    LastOperationFailed(Resource<IoError>),
    #[component(name = "closed")]
    Closed,
}

/// WASI's `datetime`.
#[derive(ComponentType, Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

/// How many bytes a stream takes at once.
const WRITE_AT_ONCE: u64 = 4096;

/// Defines what a component imports of WASI. Its imports have been checked against the list of allowed interfaces before.
pub(crate) fn link(linker: &mut Linker<State>, engine: &Engine, component: &Component) -> wasmtime::Result<()> {
    for (name, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        if !name.starts_with("wasi:") {
            continue;
        }
        let interface = name.split('@').next().unwrap_or(name);
        let mut target = linker.instance(name)?;
        for (member, item) in instance.exports(engine) {
            match item.ty {
                ComponentItem::Resource(_) => define_resource(&mut target, member)?,
                ComponentItem::ComponentFunc(_) => define_function(&mut target, interface, member)?,
                _ => {}
            }
        }
    }
    Ok(())
}

fn define_resource(target: &mut LinkerInstance<'_, State>, name: &str) -> wasmtime::Result<()> {
    let kind = match name {
        "output-stream" => ResourceType::host::<OutputStream>(),
        "input-stream" => ResourceType::host::<InputStream>(),
        "pollable" => ResourceType::host::<Pollable>(),
        "error" => ResourceType::host::<IoError>(),
        "terminal-input" => ResourceType::host::<TerminalInput>(),
        "terminal-output" => ResourceType::host::<TerminalOutput>(),
        _ => ResourceType::host::<()>(),
    };
    target.resource(name, kind, |_, _| Ok(()))
}

type Caller<'a> = StoreContextMut<'a, State>;

fn define_function(target: &mut LinkerInstance<'_, State>, interface: &str, member: &str) -> wasmtime::Result<()> {
    match (interface, member) {
        ("wasi:cli/environment", "get-environment") => target.func_wrap(member, |_: Caller<'_>, ()| Ok((Vec::<(String, String)>::new(),))),
        ("wasi:cli/environment", "get-arguments") => target.func_wrap(member, |_: Caller<'_>, ()| Ok((Vec::<String>::new(),))),
        ("wasi:cli/environment", "initial-cwd") => target.func_wrap(member, |_: Caller<'_>, ()| Ok((None::<String>,))),
        ("wasi:cli/exit", "exit") => target
            .func_wrap(member, |_: Caller<'_>, (_,): (Result<(), ()>,)| -> wasmtime::Result<()> { Err(wasmtime::Error::new(Stop::Exit)) }),
        ("wasi:cli/stdout", "get-stdout") | ("wasi:cli/stderr", "get-stderr") => {
            target.func_wrap(member, |_: Caller<'_>, ()| Ok((Resource::<OutputStream>::new_own(1),)))
        }
        ("wasi:cli/stdin", "get-stdin") => target.func_wrap(member, |_: Caller<'_>, ()| Ok((Resource::<InputStream>::new_own(1),))),
        ("wasi:cli/terminal-stdin", "get-terminal-stdin") => {
            target.func_wrap(member, |_: Caller<'_>, ()| Ok((None::<Resource<TerminalInput>>,)))
        }
        ("wasi:cli/terminal-stdout", "get-terminal-stdout") | ("wasi:cli/terminal-stderr", "get-terminal-stderr") => {
            target.func_wrap(member, |_: Caller<'_>, ()| Ok((None::<Resource<TerminalOutput>>,)))
        }
        ("wasi:io/streams", _) => define_stream_function(target, member),
        ("wasi:io/poll", "[method]pollable.block") => target.func_wrap(member, |_: Caller<'_>, (_,): (Resource<Pollable>,)| Ok(())),
        ("wasi:io/poll", "[method]pollable.ready") => target.func_wrap(member, |_: Caller<'_>, (_,): (Resource<Pollable>,)| Ok((true,))),
        ("wasi:io/poll", "poll") => target.func_wrap(member, |_: Caller<'_>, (all,): (Vec<Resource<Pollable>>,)| {
            Ok(((0..u32::try_from(all.len()).unwrap_or_default()).collect::<Vec<u32>>(),))
        }),
        ("wasi:clocks/monotonic-clock", "now") => {
            target.func_wrap(member, |caller: Caller<'_>, ()| Ok((u64::try_from(caller.data().elapsed().as_nanos()).unwrap_or(u64::MAX),)))
        }
        ("wasi:clocks/monotonic-clock", "resolution") => target.func_wrap(member, |_: Caller<'_>, ()| Ok((1_000_000_u64,))),
        ("wasi:clocks/wall-clock", "now") => target.func_wrap(member, |caller: Caller<'_>, ()| {
            let now = caller.data().now;
            let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
            Ok((Datetime { seconds, nanoseconds: now.timestamp_subsec_nanos().min(999_999_999) },))
        }),
        ("wasi:clocks/wall-clock", "resolution") => {
            target.func_wrap(member, |_: Caller<'_>, ()| Ok((Datetime { seconds: 0, nanoseconds: 1_000 },)))
        }
        ("wasi:random/random", "get-random-u64") => target.func_wrap(member, |_: Caller<'_>, ()| Ok((random_u64()?,))),
        ("wasi:random/random", "get-random-bytes") => target.func_wrap(member, |_: Caller<'_>, (length,): (u64,)| {
            let mut bytes = vec![0; usize::try_from(length.min(RANDOM_BYTES)).unwrap_or_default()];
            fill_random(&mut bytes)?;
            Ok((bytes,))
        }),
        ("wasi:random/insecure-seed", "insecure-seed") => {
            target.func_wrap(member, |_: Caller<'_>, ()| Ok(((random_u64()?, random_u64()?),)))
        }
        _ => trap_when_called(target, interface, member),
    }
}

fn define_stream_function(target: &mut LinkerInstance<'_, State>, member: &str) -> wasmtime::Result<()> {
    match member {
        "[method]output-stream.check-write" => {
            target.func_wrap(member, |_: Caller<'_>, (_,): (Resource<OutputStream>,)| Ok((Ok::<u64, StreamError>(WRITE_AT_ONCE),)))
        }
        "[method]output-stream.write" | "[method]output-stream.blocking-write-and-flush" => {
            target.func_wrap(member, |caller: Caller<'_>, (_, bytes): (Resource<OutputStream>, Vec<u8>)| {
                caller.data().log.lock().stderr(&bytes);
                Ok((Ok::<(), StreamError>(()),))
            })
        }
        "[method]output-stream.flush" | "[method]output-stream.blocking-flush" => {
            target.func_wrap(member, |_: Caller<'_>, (_,): (Resource<OutputStream>,)| Ok((Ok::<(), StreamError>(()),)))
        }
        // Nothing here ever waits, so whatever can be waited for is ready.
        "[method]output-stream.subscribe" => {
            target.func_wrap(member, |_: Caller<'_>, (_,): (Resource<OutputStream>,)| Ok((Resource::<Pollable>::new_own(1),)))
        }
        "[method]input-stream.subscribe" => {
            target.func_wrap(member, |_: Caller<'_>, (_,): (Resource<InputStream>,)| Ok((Resource::<Pollable>::new_own(1),)))
        }
        "[method]input-stream.read" | "[method]input-stream.blocking-read" => {
            target.func_wrap(member, |_: Caller<'_>, (_, _): (Resource<InputStream>, u64)| Ok((Err::<Vec<u8>, _>(StreamError::Closed),)))
        }
        _ => trap_when_called(target, "wasi:io/streams", member),
    }
}

fn trap_when_called(target: &mut LinkerInstance<'_, State>, interface: &str, member: &str) -> wasmtime::Result<()> {
    let name = format!("{interface}#{member}");
    target.func_new(member, move |_, _, _, _| Err(wasmtime::Error::msg(format!("`{name}` is not there for plugins"))))
}

fn random_u64() -> wasmtime::Result<u64> {
    let mut bytes = [0; 8];
    fill_random(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

fn fill_random(bytes: &mut [u8]) -> wasmtime::Result<()> {
    getrandom::fill(bytes).map_err(|error| wasmtime::Error::msg(format!("no randomness: {error}")))
}
