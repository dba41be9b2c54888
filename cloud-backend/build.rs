//! The embedded application's folder must exist at build time, built or not.
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=../frontend/dist");
    println!("cargo::rerun-if-changed=../migrations");
    let dist = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../frontend/dist");
    if let Err(error) = fs::create_dir_all(&dist) {
        println!("cargo::error=cannot make {}: {error}", dist.display());
    }
}
