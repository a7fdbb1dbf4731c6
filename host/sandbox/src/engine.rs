//! The one wasmtime engine of the process: settings, the pool, and the ticker that makes time pass for guests.

use std::num::NonZeroUsize;

use wasmtime::{Config, Engine, OptLevel, PoolingAllocationConfig};

use crate::limits::{EPOCH_TICK, TABLE_ELEMENTS};

/// Calls that can hold an instance at once with the pool.
pub(crate) const POOL_SLOTS: u32 = 256;
/// No class may have more linear memory than a slot.
const SLOT_MEMORY: usize = 128 * 1024 * 1024;
/// Wasm's own stack. Recursion beyond it is an ordinary trap.
const WASM_STACK: usize = 512 * 1024;
/// Wasm's stack and the host functions above it. Running out of it would abort the process, so there is room to spare.
const FIBER_STACK: usize = 2 * 1024 * 1024;
/// Frames in the backtrace of a trap.
const BACKTRACE_FRAMES: usize = 30;

/// Makes the engine with a pool; where the address space does not allow one, instances are allocated on demand.
pub(crate) fn new_engine() -> wasmtime::Result<Engine> {
    let mut config = base_config();
    config.allocation_strategy(pool());
    match Engine::new(&config) {
        Ok(engine) => Ok(engine),
        Err(error) => {
            tracing::warn!(%error, "no address space for the instance pool, plugin instances are allocated on demand");
            Engine::new(&base_config())
        }
    }
}

fn base_config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .consume_fuel(false)
        // Component async: off until it has aged, a third of a call's time. Its crate feature is off too, like gc and threads.
        .concurrency_support(false)
        .cranelift_opt_level(OptLevel::Speed)
        // Features that no guest of ours needs are attack surface.
        .gc_support(false)
        .shared_memory(false)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .wasm_tail_call(false)
        .memory_init_cow(true)
        .max_wasm_stack(WASM_STACK)
        .async_stack_size(FIBER_STACK)
        // Stack slots of one tenant's call must not be readable by the next.
        .async_stack_zeroing(true)
        .wasm_backtrace_max_frames(NonZeroUsize::new(BACKTRACE_FRAMES));
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(POOL_SLOTS)
        .total_stacks(POOL_SLOTS)
        .total_core_instances(POOL_SLOTS * 8)
        .total_memories(POOL_SLOTS * 2)
        .total_tables(POOL_SLOTS * 8)
        .max_memory_size(SLOT_MEMORY)
        .table_elements(TABLE_ELEMENTS)
        .max_core_instances_per_component(50)
        .max_memories_per_component(4)
        .max_tables_per_component(16)
        .max_component_instance_size(4 * 1024 * 1024)
        .max_core_instance_size(2 * 1024 * 1024)
        .linear_memory_keep_resident(256 * 1024)
        .table_keep_resident(16 * 1024)
        .max_unused_warm_slots(64)
        .decommit_batch_size(8);
    pool
}

/// Starts the thread that advances the epoch. It is a plain thread: a busy runtime must not be able to stop time for guests.
pub(crate) fn start_ticker(engine: &Engine) -> std::io::Result<()> {
    let weak = engine.weak();
    std::thread::Builder::new().name("guanxi-epoch".to_owned()).spawn(move || {
        // Ends with the engine.
        while let Some(engine) = weak.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(EPOCH_TICK);
        }
    })?;
    Ok(())
}
