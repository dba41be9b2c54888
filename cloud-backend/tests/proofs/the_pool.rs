//! A statement on the database itself.
use carrel_cloud_backend::store::Store;

pub fn connections(store: &Store) -> usize {
    let database = &store.inner.db;
    std::mem::size_of_val(database)
}

fn main() {}
