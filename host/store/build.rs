//! Builds this crate again when a migration changes: the compiler does not see the folder that the macro embeds.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
