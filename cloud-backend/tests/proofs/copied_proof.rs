//! A proof that is kept for later.
use carrel_cloud_backend::authz::{FileAccess, Write};

pub fn keep(access: &FileAccess<Write>) -> FileAccess<Write> {
    access.clone()
}

fn main() {}
