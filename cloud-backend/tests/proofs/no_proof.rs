//! A change without a proof.
use carrel_cloud_backend::{
    audit::Action,
    authz::FileName,
    store::{Store, StoreError},
};

pub async fn rename(store: &Store, name: &FileName) -> Result<(), StoreError> {
    store.audited(Action::FileRename, async |w| w.rename_node(name).await).await
}

fn main() {}
