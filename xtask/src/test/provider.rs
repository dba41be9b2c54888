//! What the cloud backend's tests take from npm: a provider of identities to sign in at, and a client that uploads. Each is in a folder
//! of its own.

use crate::layout::Layout;
use crate::setup::node::Node;
use crate::stamp::Stamp;

/// Installs the locked packages, unless they are installed; the Node.js that runs them.
pub(super) fn install(layout: &Layout) -> anyhow::Result<Node> {
    let node = Node::ensure(layout)?;
    for (folder, name) in
        [(layout.oidc_provider(), "oidc-provider-packages"), (layout.tus_client(), "tus-client-packages")]
    {
        let sources = [folder.join("package.json"), folder.join("package-lock.json")];
        let stamp = Stamp::of(&layout.stamps(), name, &sources, "")?;
        if !stamp.is_current() || !folder.join("node_modules").is_dir() {
            node.npm(&folder).args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).quiet()?;
            stamp.set()?;
        }
    }
    Ok(node)
}
