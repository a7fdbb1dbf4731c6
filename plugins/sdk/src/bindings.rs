//! What is generated from `wit/`: one module per world, so that a plugin exports only the interfaces it has.
#![allow(missing_docs, unreachable_pub)]

/// Types and imports, shared by all worlds.
pub mod imports {
    wit_bindgen::generate!({
        world: "imports",
        path: "../../wit",
        generate_all,
        additional_derives: [PartialEq],
    });
}

/// The world that exports `guanxi:hooks/before-save`.
pub mod before_save {
    wit_bindgen::generate!({
        world: "before-save",
        path: "../../wit",
        with: {
            "guanxi:types/types@0.1.0": crate::bindings::imports::guanxi::types::types,
            "guanxi:log/log@0.1.0": crate::bindings::imports::guanxi::log::log,
            "guanxi:records/records@0.1.0": crate::bindings::imports::guanxi::records::records,
            "guanxi:query/query@0.1.0": crate::bindings::imports::guanxi::query::query,
            "guanxi:ui/view@0.1.0": crate::bindings::imports::guanxi::ui::view,
        },
        generate_all,
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_before_save",
        default_bindings_module: "::guanxi_plugin::bindings::before_save",
    });
}

/// The world that exports `guanxi:ui/render-page`.
pub mod render_page {
    wit_bindgen::generate!({
        world: "render-page",
        path: "../../wit",
        with: {
            "guanxi:types/types@0.1.0": crate::bindings::imports::guanxi::types::types,
            "guanxi:log/log@0.1.0": crate::bindings::imports::guanxi::log::log,
            "guanxi:records/records@0.1.0": crate::bindings::imports::guanxi::records::records,
            "guanxi:query/query@0.1.0": crate::bindings::imports::guanxi::query::query,
            "guanxi:ui/view@0.1.0": crate::bindings::imports::guanxi::ui::view,
        },
        pub_export_macro: true,
        export_macro_name: "export_render_page",
        default_bindings_module: "::guanxi_plugin::bindings::render_page",
    });
}

/// The world that exports `guanxi:ui/render-panel`.
pub mod render_panel {
    wit_bindgen::generate!({
        world: "render-panel",
        path: "../../wit",
        with: {
            "guanxi:types/types@0.1.0": crate::bindings::imports::guanxi::types::types,
            "guanxi:log/log@0.1.0": crate::bindings::imports::guanxi::log::log,
            "guanxi:records/records@0.1.0": crate::bindings::imports::guanxi::records::records,
            "guanxi:query/query@0.1.0": crate::bindings::imports::guanxi::query::query,
            "guanxi:ui/view@0.1.0": crate::bindings::imports::guanxi::ui::view,
        },
        pub_export_macro: true,
        export_macro_name: "export_render_panel",
        default_bindings_module: "::guanxi_plugin::bindings::render_panel",
    });
}
