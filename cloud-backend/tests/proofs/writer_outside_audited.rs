//! A writer that no entry belongs to.
use carrel_cloud_backend::{
    authz::{FileAccess, Write},
    store::{Timestamp, Writer},
};

pub fn writer(access: &FileAccess<Write>) -> Writer<'_, FileAccess<Write>> {
    Writer { proof: access, now: Timestamp::now() }
}

fn main() {}
