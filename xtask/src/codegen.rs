//! What is written from the code: the API description and the TypeScript client made from it.

use std::path::Path;

use anyhow::{Context as _, bail};

use crate::build;
use crate::frontend::Frontend;
use crate::layout::Layout;
use crate::run::Run;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Fail when a file was not current (it is written all the same)
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(layout: &Layout, arguments: &Arguments) -> anyhow::Result<()> {
    let frontend = Frontend::new(layout)?;
    // The program carries some build of the frontend; a frontend that waits for the new types cannot be built before them.
    if !layout.root().join("frontend/dist/index.html").exists() {
        frontend.build()?;
    }
    let changed = write(layout, &build::debug(layout)?, &frontend)?;
    if arguments.check { refuse(&changed) } else { Ok(()) }
}

/// Writes both files and names those that changed.
pub(crate) fn write(layout: &Layout, program: &Path, frontend: &Frontend<'_>) -> anyhow::Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    let description = Run::new(program).arg("openapi").read()?;
    let name = "docs/api/openapi.json";
    if replace(&layout.root().join(name), &description)? {
        changed.push(name);
    }
    let name = "frontend/src/api/schema.d.ts";
    let before = std::fs::read(layout.root().join(name)).unwrap_or_default();
    frontend.script("api").quiet()?;
    if std::fs::read(layout.root().join(name)).context(name)? != before {
        changed.push(name);
    }
    Ok(changed)
}

/// Fails when a written file was not current.
pub(crate) fn refuse(changed: &[&str]) -> anyhow::Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    bail!("{} did not match the code and was written anew: review and commit it", changed.join(", "))
}

fn replace(file: &Path, bytes: &[u8]) -> anyhow::Result<bool> {
    if std::fs::read(file).is_ok_and(|before| before == bytes) {
        return Ok(false);
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, bytes).with_context(|| file.display().to_string())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("api/openapi.json");
        assert!(replace(&file, b"{}").unwrap());
        assert!(!replace(&file, b"{}").unwrap());
        assert!(replace(&file, b"{ }").unwrap());
        assert!(refuse(&[]).is_ok());
        assert!(refuse(&["openapi.json"]).unwrap_err().to_string().starts_with("openapi.json did not match"));
    }
}
