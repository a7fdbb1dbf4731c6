//! A guest that queries without having asked for it: `plugin.toml` does not list `query`.

use guanxi_plugin::prelude::*;

struct Undeclared;

impl Plugin for Undeclared {
    fn before_save(_: &Context, _: &Draft) -> Result<Verdict> {
        let rows = FindRequest::new("customer", ["name"]).fetch()?;
        host::log(host::Level::Info, &format!("{} customers", rows.len()));
        Ok(Verdict::accept())
    }
}

guanxi_plugin::register!(Undeclared: before_save);
