//! A guest that tries to read a file: it must not even link.

use guanxi_plugin::prelude::*;

struct Filesystem;

impl Plugin for Filesystem {
    fn before_save(_: &Context, _: &Draft) -> Result<Verdict> {
        let stolen = std::fs::read_to_string("/etc/passwd").map_err(|error| Error::new("fi.failed", error.to_string()))?;
        Ok(Verdict::accept().set("fi_stolen", stolen))
    }
}

guanxi_plugin::register!(Filesystem: before_save);
