//! The right to add, used to write.
use carrel_cloud_backend::{
    audit::Action,
    authz::{Add, FileAccess, FileName},
    store::{Store, StoreError},
};

pub async fn rename(store: &Store, access: &FileAccess<Add>, name: &FileName) -> Result<(), StoreError> {
    store.audited(access, Action::FileRename, async |w| w.rename_node(name).await).await
}

fn main() {}
