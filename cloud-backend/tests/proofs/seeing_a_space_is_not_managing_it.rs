//! The right to see a space, used to archive it.
use carrel_cloud_backend::{
    audit::Action,
    authz::{See, SpaceAccess},
    store::{Store, StoreError},
};

pub async fn archive(store: &Store, access: &SpaceAccess<See>) -> Result<(), StoreError> {
    store.audited(access, Action::SpaceArchive, async |w| w.archive_space().await).await
}

fn main() {}
