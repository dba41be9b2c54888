//! The right to read, used to write.
use carrel_cloud_backend::{
    audit::Action,
    authz::{FileAccess, FileName, Read},
    store::{Store, StoreError},
};

pub async fn rename(store: &Store, access: &FileAccess<Read>, name: &FileName) -> Result<(), StoreError> {
    store.audited(access, Action::FileRename, async |w| w.rename_node(name).await).await
}

fn main() {}
