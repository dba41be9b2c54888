//! The right to add, used to look at what is there.
use carrel_cloud_backend::{
    authz::{Add, FileAccess},
    store::{NodeRow, Store, StoreError},
};

pub async fn look(store: &Store, access: &FileAccess<Add>) -> Result<NodeRow, StoreError> {
    store.node(access).await
}

fn main() {}
