//! A change that the log would not show: the store itself has no method that changes a node.
use carrel_cloud_backend::{
    authz::{FileAccess, FileName, Write},
    store::{Store, StoreError},
};

pub async fn rename(store: &Store, access: &FileAccess<Write>, name: &FileName) -> Result<(), StoreError> {
    store.rename_node(access, name).await
}

fn main() {}
