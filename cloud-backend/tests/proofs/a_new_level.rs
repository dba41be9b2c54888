//! A degree of access that this module made up.
use carrel_cloud_backend::authz::{Level, SpaceRole};

pub struct Everything;

impl Level for Everything {
    const NEEDS: SpaceRole = SpaceRole::Uploader;
    const PERMISSION: carrel_cloud_backend::authz::Permission = carrel_cloud_backend::authz::Permission::FileRead;
    const CHANGES: bool = false;
    const NAME: &'static str = "everything";
}

fn main() {}
