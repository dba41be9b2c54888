//! A writer that outlives its transaction.
use carrel_cloud_backend::{
    audit::Action,
    authz::{FileAccess, FileName, Write},
    store::{Store, StoreError},
};

pub async fn later(store: &Store, access: &FileAccess<Write>, name: &FileName) -> Result<(), StoreError> {
    let kept = store.audited(access, Action::FileRename, async |w| Ok::<_, StoreError>(w)).await?;
    kept.rename_node(name).await
}

fn main() {}
