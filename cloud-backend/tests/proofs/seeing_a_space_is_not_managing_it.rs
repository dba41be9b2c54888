//! The right to see a space, used to let somebody in.
use carrel_cloud_backend::{
    audit::Action,
    authz::{SeeMembers, SpaceAccess, SpaceRole},
    store::{Store, StoreError},
};
use carrel_ids::UserId;

pub async fn let_in(store: &Store, access: &SpaceAccess<SeeMembers>, user: UserId) -> Result<(), StoreError> {
    store.audited(access, Action::SpaceMemberSet, async |w| w.set_space_user(user, SpaceRole::Editor).await).await
}

fn main() {}
