//! A writer that outlives its transaction.
use carrel_cloud_backend::{
    audit::Action,
    authz::{FileAccess, FileName, Write},
    store::{Store, StoreError},
};

pub async fn later(store: &Store, access: &FileAccess<Write>, name: &FileName) -> Result<(), StoreError> {
    let mut kept = None;
    store
        .audited(access, Action::FileRename, async |w| {
            kept = Some(w);
            Ok::<_, StoreError>(())
        })
        .await?;
    kept.unwrap().rename_node(name).await
}

fn main() {}
