//! How long-lived things elsewhere learn that a session, a right or a person ended: a number that grows with each such change. Its
//! holders look again when it grew; what they may still do is decided by the rows themselves, never by this number.

use super::{
    Store, StoreError, Writer,
    connect::{execute, on_db},
};

impl Store {
    /// The number of this moment.
    pub(crate) async fn revocation_epoch(&self) -> Result<i64, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT epoch FROM revocations WHERE one = 1").fetch_one(p).await)?)
    }
}

impl<P> Writer<'_, P> {
    /// Something that others may hold open ends with this transaction.
    pub(super) async fn note_revocation(&mut self) -> Result<(), StoreError> {
        execute!(self.tx, "UPDATE revocations SET epoch = epoch + 1 WHERE one = 1")?;
        Ok(())
    }
}
