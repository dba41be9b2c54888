//! A proof that nobody checked.
use std::marker::PhantomData;

use carrel_cloud_backend::authz::{Actor, FileAccess, Write};
use carrel_ids::{NodeId, SpaceId};

pub fn forge(actor: Actor, node: NodeId, space: SpaceId) -> FileAccess<Write> {
    FileAccess { actor, node, space, may_write: true, is_own_space: true, room: None, _level: PhantomData }
}

fn main() {}
