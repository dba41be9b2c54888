//! What the server acknowledged: from then on it must never be lost.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};

use carrel_test_support::person::Person;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

#[derive(Default)]
pub(crate) struct History {
    versions: Mutex<Vec<(String, String, String)>>,
    starts: AtomicU64,
}

impl History {
    /// The server answered with success: this content is version `node.version.id` of the node.
    pub(crate) fn acknowledge(&self, node: &Value, content: &[u8]) {
        let hash = hex::encode(Sha256::digest(content));
        assert_eq!(node["version"]["sha256"].as_str(), Some(hash.as_str()), "the answer names other content");
        let id = |value: &Value| value.as_str().expect("an identifier").to_owned();
        self.versions.lock().expect("not poisoned").push((id(&node["id"]), id(&node["version"]["id"]), hash));
    }

    pub(crate) fn count_start(&self) {
        self.starts.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn acknowledged(&self) -> usize {
        self.versions.lock().expect("not poisoned").len()
    }

    /// Acts of which each must have an entry in the log.
    pub(crate) fn acts(&self) -> u64 {
        self.acknowledged() as u64 + self.starts.load(Ordering::SeqCst)
    }

    pub(crate) fn summary(&self) -> String {
        format!(
            "{} versions acknowledged, {} workspaces opened",
            self.acknowledged(),
            self.starts.load(Ordering::SeqCst)
        )
    }

    /// Acknowledged versions that the server does not have, or has with other bytes.
    pub(crate) async fn missing(&self, person: &Person) -> Vec<(String, String)> {
        let versions = self.versions.lock().expect("not poisoned").clone();
        let mut missing = Vec::new();
        for (node, version, hash) in versions {
            let bytes = person.bytes(&format!("/api/v1/nodes/{node}/versions/{version}/content")).await;
            if bytes.map(|bytes| hex::encode(Sha256::digest(&bytes))).as_deref() != Some(hash.as_str()) {
                missing.push((node, version));
            }
        }
        missing
    }
}
