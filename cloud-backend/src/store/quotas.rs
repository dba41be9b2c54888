//! How much a space may hold, and what it holds: the bytes of every version that is kept, whether or not another version has the same
//! content. Counted in the transaction that keeps the version, so that no two of them take the last room.

use carrel_ids::{SpaceId, UserId};
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{FileAccess, Level, ManageSettings, SystemAccess, SystemTask, Target};

/// A space as those see it who look after the machine: how much is in it, and nothing of what.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SpaceUseRow {
    pub id: Uuid,
    pub kind: String,
    pub name: String,
    pub owner_id: Option<Uuid>,
    pub owner_name: Option<String>,
    pub owner_display_name: Option<String>,
    pub used: i64,
    /// Its own; none where the instance's counts.
    pub quota: Option<i64>,
    pub archived_at: Option<Timestamp>,
}

impl SpaceUseRow {
    /// Whose personal space it is: identifier, name and display name.
    #[must_use]
    pub fn owner(&self) -> Option<(UserId, &str, &str)> {
        let (id, name, display) = (self.owner_id?, self.owner_name.as_deref()?, self.owner_display_name.as_deref()?);
        Some((id.into(), name, display))
    }
}

impl Store {
    /// Sets what a space may hold that has no quota of its own, in bytes. Once, at the start.
    pub(crate) fn set_default_quota(&self, bytes: u64) {
        self.inner.default_quota.get_or_init(|| i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Bytes; none where nothing was set.
    pub(crate) fn default_quota(&self) -> Option<i64> {
        self.inner.default_quota.get().copied()
    }

    /// A page of all spaces, in the order of their identifiers.
    pub(crate) async fn use_of_spaces(
        &self,
        _: &SystemAccess<ManageSettings>,
        after: Option<SpaceId>,
        limit: i64,
    ) -> Result<Vec<SpaceUseRow>, StoreError> {
        let after = after.map_or(Uuid::nil(), SpaceId::uuid);
        Ok(on_db!(self, p => sqlx::query_as(
            "SELECT s.id, s.kind, s.name, s.owner_id, u.name AS owner_name, u.display_name AS owner_display_name, s.used, s.quota, s.archived_at
             FROM spaces s LEFT JOIN users u ON u.id = s.owner_id WHERE s.id > $1 ORDER BY s.id LIMIT $2"
        ).bind(after).bind(limit).fetch_all(p).await)?)
    }

    /// Spaces whose count is not the sum of their versions, as far as one look tells: a change may be under way.
    pub(crate) async fn drifted_spaces(&self) -> Result<Vec<SpaceId>, StoreError> {
        let rows: Vec<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT s.id FROM spaces s LEFT JOIN
                 (SELECT n.space_id, SUM(v.size) AS bytes FROM versions v JOIN nodes n ON n.id = v.node_id GROUP BY n.space_id) held
                 ON held.space_id = s.id
             WHERE s.used <> COALESCE(held.bytes, 0) ORDER BY s.id"
        ).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl<P> Writer<'_, P> {
    /// Counts `bytes` more into the space; less than 0 gives room back, and that is always possible.
    ///
    /// # Errors
    /// [`StoreError::QuotaExceeded`] when the space has no room for them; [`StoreError::NotFound`] when there is no such space.
    pub(super) async fn charge_space(&mut self, space: SpaceId, bytes: i64) -> Result<(), StoreError> {
        let limit = self.default_quota.unwrap_or(i64::MAX);
        let charged = execute!(
            self.tx,
            "UPDATE spaces SET used = used + $1 WHERE id = $2 AND ($1 <= 0 OR used <= COALESCE(quota, $3) - $1)",
            bytes,
            space.uuid(),
            limit
        )?;
        if charged == 1 {
            return Ok(());
        }
        let room: Option<i64> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT COALESCE(quota, $2) - used FROM spaces WHERE id = $1")
            .bind(space.uuid()).bind(limit).fetch_optional(c).await)?;
        Err(match room {
            Some(room) => StoreError::QuotaExceeded { free: room.max(0), needed: bytes },
            None => StoreError::NotFound,
        })
    }
}

impl<L: Level> Writer<'_, FileAccess<L>> {
    /// Counts a version of `bytes` into the proof's space.
    pub(super) async fn charge(&mut self, bytes: i64) -> Result<(), StoreError> {
        self.charge_space(self.proof.space_id(), bytes).await
    }
}

impl Writer<'_, SystemAccess<ManageSettings>> {
    /// Sets what the space may hold, in bytes; none for what the instance says. Less than it holds keeps what is there and takes no more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such space.
    pub async fn set_quota(&mut self, space: SpaceId, quota: Option<i64>) -> Result<(), StoreError> {
        self.set_target(Target::Space(space));
        let before: Option<Option<i64>> = on_tx!(self.tx, c => sqlx::query_scalar("SELECT quota FROM spaces WHERE id = $1")
            .bind(space.uuid()).fetch_optional(c).await)?;
        let before = before.ok_or(StoreError::NotFound)?;
        execute!(self.tx, "UPDATE spaces SET quota = $1 WHERE id = $2", quota, space.uuid())?;
        self.detail("before", before.map_or_else(|| "default".to_owned(), |bytes| bytes.to_string()));
        self.detail("quota", quota.map_or_else(|| "default".to_owned(), |bytes| bytes.to_string()));
        Ok(())
    }
}

impl Writer<'_, SystemTask> {
    /// Counts the space's versions anew, while nobody writes to it; by how much the count was wrong.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was right after all.
    pub(crate) async fn mend_use(&mut self, space: SpaceId) -> Result<i64, StoreError> {
        let used: Option<i64> = on_tx!(self.tx, c => sqlx::query_scalar("UPDATE spaces SET used = used WHERE id = $1 RETURNING used")
            .bind(space.uuid()).fetch_optional(c).await)?;
        let used = used.ok_or(StoreError::NotFound)?;
        let held: i64 = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT CAST(COALESCE(SUM(v.size), 0) AS BIGINT) FROM nodes n JOIN versions v ON v.node_id = n.id WHERE n.space_id = $1"
        ).bind(space.uuid()).fetch_one(c).await)?;
        if held == used {
            return Err(StoreError::NotFound);
        }
        execute!(self.tx, "UPDATE spaces SET used = $1 WHERE id = $2", held, space.uuid())?;
        self.detail("before", used.to_string());
        self.detail("used", held.to_string());
        Ok(used - held)
    }
}
