//! The image that workspaces run in: built by the runner itself, which knows what belongs into it.

use std::path::Path;

use crate::build;
use crate::layout::Layout;
use crate::run::Run;
use crate::setup::node::Node;

pub(crate) fn run(layout: &Layout) -> anyhow::Result<()> {
    let program = build::release(layout)?;
    build_with(layout, &program)
}

/// Has `program` build the image, unless the engine has it already. It takes language servers from the npm registry.
pub(crate) fn build_with(layout: &Layout, program: &Path) -> anyhow::Result<()> {
    Node::ensure(layout)?.first_in_path(Run::new(program)).args(["runner", "image"]).shown()
}
