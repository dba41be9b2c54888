//! The provider of identities that the cloud backend's tests sign in at: npm packages in a folder of theirs.

use crate::layout::Layout;
use crate::setup::node::Node;
use crate::stamp::Stamp;

/// Installs the locked packages, unless they are installed; the Node.js that runs them.
pub(super) fn install(layout: &Layout) -> anyhow::Result<Node> {
    let node = Node::ensure(layout)?;
    let folder = layout.oidc_provider();
    let sources = [folder.join("package.json"), folder.join("package-lock.json")];
    let stamp = Stamp::of(&layout.stamps(), "oidc-provider-packages", &sources, "")?;
    if !stamp.is_current() || !folder.join("node_modules").is_dir() {
        node.npm(&folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).quiet()?;
        stamp.set()?;
    }
    Ok(node)
}
