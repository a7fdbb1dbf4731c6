//! What is generated from `wit/`. The world is never instantiated as a whole: its imports and its exported interfaces are used one by one.
#![allow(missing_docs, unreachable_pub)]

wasmtime::component::bindgen!({
    world: "everything",
    path: "../../wit",
    imports: { default: async | trappable },
    exports: { default: async },
    require_store_data_send: true,
});
