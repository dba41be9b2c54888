//! A proof that this module made up.
use carrel_cloud_backend::authz::{Actor, Proof, Target};

pub struct Trust(Actor);

impl Proof for Trust {
    fn actor(&self) -> &Actor {
        &self.0
    }
    fn target(&self) -> Target {
        Target::Instance
    }
}

fn main() {}
