//! Uploads that are under way: rows about bytes that are nobody's file yet. Beginning one, adding to it and giving it up is no act, as
//! nobody but its person can see it; what becomes of it is, and is written in the transaction of that act.

use carrel_ids::{NodeId, UploadId, UserId, VersionId};
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::{
    authz::{FileAccess, OwnAccess, Write},
    content::Part,
};

/// How long the right to write counts without a sign of life.
pub(crate) const LEASE: Duration = Duration::seconds(20);
/// How long an upload is kept after its last piece.
pub(crate) const KEPT: Duration = Duration::hours(24);

/// An upload.
#[derive(Debug, Clone)]
pub struct UploadRow {
    pub id: UploadId,
    /// None for a part of another.
    pub place: Option<UploadPlace>,
    pub sha256: Option<[u8; 32]>,
    /// None: not said yet.
    pub length: Option<u64>,
    /// Bytes that are durable.
    pub received: u64,
    pub metadata: String,
    /// Of when the content is, in seconds since 1970: what sync clients say.
    pub mtime: Option<i64>,
    pub joined: Option<String>,
    /// What became of it.
    pub made: Option<(NodeId, VersionId)>,
    pub expires_at: Timestamp,
}

/// Where an upload becomes a file.
#[derive(Debug, Clone)]
pub struct UploadPlace {
    pub folder: NodeId,
    pub name: String,
    /// The version that is replaced; without, the name must be free.
    pub expected: Option<VersionId>,
}

/// What an upload begins with.
#[derive(Debug)]
pub struct NewUpload {
    pub place: Option<UploadPlace>,
    pub sha256: Option<[u8; 32]>,
    pub length: Option<u64>,
    pub metadata: String,
    /// Of when the content is, in seconds since 1970.
    pub mtime: Option<i64>,
    pub joined: Option<String>,
}

/// The right to write to one upload, alone. It is lost by silence; a transaction of somebody who lost it does nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UploadHold {
    pub upload: UploadId,
    key: Uuid,
}

#[derive(sqlx::FromRow)]
struct UploadColumns {
    id: Uuid,
    folder_id: Option<Uuid>,
    name: Option<String>,
    expected: Option<Uuid>,
    sha256: Option<Vec<u8>>,
    length: Option<i64>,
    received: i64,
    metadata: String,
    mtime: Option<i64>,
    joined: Option<String>,
    node_id: Option<Uuid>,
    version_id: Option<Uuid>,
    expires_at: Timestamp,
}

macro_rules! upload_select {
    ($rest:literal) => {
        concat!(
            "SELECT id, folder_id, name, expected, sha256, length, received, metadata, mtime, joined, node_id, version_id, expires_at FROM uploads ",
            $rest
        )
    };
}

impl From<UploadColumns> for UploadRow {
    fn from(row: UploadColumns) -> Self {
        let place = row.folder_id.zip(row.name).map(|(folder, name)| UploadPlace {
            folder: folder.into(),
            name,
            expected: row.expected.map(Into::into),
        });
        Self {
            id: row.id.into(),
            place,
            sha256: row.sha256.and_then(|bytes| bytes.try_into().ok()),
            length: row.length.and_then(|length| u64::try_from(length).ok()),
            received: u64::try_from(row.received).unwrap_or(0),
            metadata: row.metadata,
            mtime: row.mtime,
            joined: row.joined,
            made: row.node_id.zip(row.version_id).map(|(node, version)| (node.into(), version.into())),
            expires_at: row.expires_at,
        }
    }
}

/// Sizes are below 2^63 in every database.
fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

impl Store {
    /// Begins an upload; none when the person has `most` under way already.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn begin_upload(
        &self,
        own: &OwnAccess,
        new: &NewUpload,
        most: i64,
    ) -> Result<Option<UploadId>, StoreError> {
        let (id, now) = (UploadId::new(), Timestamp::now());
        let mut tx = self.begin().await?;
        let open: i64 = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM uploads WHERE user_id = $1 AND node_id IS NULL")
            .bind(own.user().uuid()).fetch_one(c).await)?;
        if open >= most {
            return Ok(None);
        }
        execute!(
            &mut tx,
            "INSERT INTO uploads (id, user_id, folder_id, name, expected, sha256, length, received, metadata, joined, created_at, expires_at, mtime)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)",
            id.uuid(),
            own.user().uuid(),
            new.place.as_ref().map(|place| place.folder.uuid()),
            new.place.as_ref().map(|place| place.name.as_str()),
            new.place.as_ref().and_then(|place| place.expected).map(VersionId::uuid),
            new.sha256.as_ref().map(<[u8; 32]>::as_slice),
            new.length.map(signed),
            new.metadata.as_str(),
            new.joined.as_deref(),
            now,
            now.plus(KEPT),
            new.mtime
        )?;
        tx.commit_aside().await?;
        Ok(Some(id))
    }

    /// One's own upload, also one that has become a file.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or it is somebody else's.
    pub(crate) async fn upload(&self, own: &OwnAccess, id: UploadId) -> Result<UploadRow, StoreError> {
        let row: UploadColumns = on_db!(self, p => sqlx::query_as(upload_select!("WHERE id = $1 AND user_id = $2"))
            .bind(id.uuid()).bind(own.user().uuid()).fetch_one(p).await)?;
        Ok(row.into())
    }

    /// One's own uploads that are no files yet, in the order in which they began.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn uploads(
        &self,
        own: &OwnAccess,
        after: Option<UploadId>,
        limit: i64,
    ) -> Result<Vec<UploadRow>, StoreError> {
        let rows: Vec<UploadColumns> = on_db!(self, p => sqlx::query_as(upload_select!(
            "WHERE user_id = $1 AND id > $2 AND node_id IS NULL AND expires_at > $3 ORDER BY id LIMIT $4"
        )).bind(own.user().uuid()).bind(after.map_or(Uuid::nil(), UploadId::uuid)).bind(Timestamp::now()).bind(limit)
            .fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// The pieces of an upload, in their order.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn upload_parts(&self, hold: &UploadHold) -> Result<Vec<Part>, StoreError> {
        let rows: Vec<(Uuid, i64, i64)> = on_db!(self, p => sqlx::query_as(
            "SELECT id, start, size FROM upload_parts WHERE upload_id = $1 ORDER BY start"
        ).bind(hold.upload.uuid()).fetch_all(p).await)?;
        let part = |(id, start, size)| Part {
            id,
            start: u64::try_from(start).unwrap_or(0),
            size: u64::try_from(size).unwrap_or(0),
        };
        Ok(rows.into_iter().map(part).collect())
    }

    /// Takes the right to write, if nobody has it and the upload stands where the caller thinks; then also says its length, if it was not
    /// said before.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn hold_upload(
        &self,
        own: &OwnAccess,
        upload: UploadId,
        received: u64,
        length: Option<u64>,
    ) -> Result<Option<UploadHold>, StoreError> {
        let (hold, now) = (UploadHold { upload, key: Uuid::now_v7() }, Timestamp::now());
        let mut tx = self.begin().await?;
        let held = execute!(
            &mut tx,
            "UPDATE uploads SET held_by = $1, held_until = $2, length = COALESCE(length, $3)
             WHERE id = $4 AND user_id = $5 AND received = $6 AND node_id IS NULL AND (held_until IS NULL OR held_until < $7)",
            hold.key,
            now.plus(LEASE),
            length.map(signed),
            upload.uuid(),
            own.user().uuid(),
            signed(received),
            now
        )?;
        tx.commit_aside().await?;
        Ok((held == 1).then_some(hold))
    }

    /// A sign of life.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when somebody else holds it by now.
    pub(crate) async fn keep_upload(&self, hold: &UploadHold) -> Result<(), StoreError> {
        self.set_hold(hold, Some(Timestamp::now().plus(LEASE))).await
    }

    /// Gives the right to write back; nothing happens when it is lost already.
    ///
    /// # Errors
    /// [`StoreError::Database`] when the database fails; the right ends by itself a moment later.
    pub(crate) async fn release_upload(&self, hold: &UploadHold) -> Result<(), StoreError> {
        match self.set_hold(hold, None).await {
            Err(StoreError::NotFound) => Ok(()),
            other => other,
        }
    }

    async fn set_hold(&self, hold: &UploadHold, until: Option<Timestamp>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let kept = execute!(
            &mut tx,
            "UPDATE uploads SET held_until = $1 WHERE id = $2 AND held_by = $3",
            until,
            hold.upload.uuid(),
            hold.key
        )?;
        tx.commit_aside().await?;
        if kept == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Counts pieces that are durable. From here on their bytes are acknowledged.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the right to write was lost; nothing is counted then.
    pub(crate) async fn count_parts(&self, hold: &UploadHold, parts: &[Part]) -> Result<Timestamp, StoreError> {
        let now = Timestamp::now();
        let (mut tx, expires) = (self.begin().await?, now.plus(KEPT));
        for part in parts {
            let counted = execute!(
                &mut tx,
                "UPDATE uploads SET received = received + $1, held_until = $2, expires_at = $3
                 WHERE id = $4 AND held_by = $5 AND held_until IS NOT NULL AND received = $6",
                signed(part.size),
                now.plus(LEASE),
                expires,
                hold.upload.uuid(),
                hold.key,
                signed(part.start)
            )?;
            if counted != 1 {
                return Err(StoreError::NotFound);
            }
            execute!(
                &mut tx,
                "INSERT INTO upload_parts (upload_id, start, id, size) VALUES ($1, $2, $3, $4)",
                hold.upload.uuid(),
                signed(part.start),
                part.id,
                signed(part.size)
            )?;
        }
        tx.commit_aside().await?;
        Ok(expires)
    }

    /// Forgets an upload whose bytes are gone.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn forget_upload(&self, hold: &UploadHold) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(&mut tx, "DELETE FROM uploads WHERE id = $1 AND held_by = $2", hold.upload.uuid(), hold.key)?;
        tx.commit_aside().await
    }

    /// Lets an upload that has become a file end now.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn expire_upload(&self, own: &OwnAccess, upload: UploadId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE uploads SET expires_at = $1 WHERE id = $2 AND user_id = $3 AND node_id IS NOT NULL",
            Timestamp::now().minus(Duration::seconds(1)),
            upload.uuid(),
            own.user().uuid()
        )?;
        tx.commit_aside().await
    }

    /// Holds up to `limit` uploads whose time is over, of whomever; their bytes are to be removed.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn hold_expired_uploads(&self, limit: i64) -> Result<Vec<UploadHold>, StoreError> {
        let (key, now) = (Uuid::now_v7(), Timestamp::now());
        let mut tx = self.begin().await?;
        let ids: Vec<Uuid> = on_tx!(&mut tx, c => sqlx::query_scalar(
            "UPDATE uploads SET held_by = $1, held_until = $2
             WHERE id IN (SELECT id FROM uploads WHERE expires_at < $3 AND (held_until IS NULL OR held_until < $3) ORDER BY expires_at LIMIT $4)
                AND (held_until IS NULL OR held_until < $3) RETURNING id"
        ).bind(key).bind(now.plus(LEASE)).bind(now).bind(limit).fetch_all(c).await)?;
        tx.commit_aside().await?;
        Ok(ids.into_iter().map(|id| UploadHold { upload: id.into(), key }).collect())
    }
}

impl Writer<'_, FileAccess<Write>> {
    /// The upload has become this version, in the transaction that made it; the pieces are not needed any more. `joined` are the uploads
    /// that it was put together from.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the right to write was lost: the upload becomes a file once.
    pub(crate) async fn end_upload(
        &mut self,
        hold: &UploadHold,
        made: (NodeId, VersionId),
        size: i64,
        joined: &[UploadHold],
    ) -> Result<(), StoreError> {
        let ended = execute!(
            self.tx,
            "UPDATE uploads SET received = $1, length = $1, node_id = $2, version_id = $3, held_until = NULL, expires_at = $4
             WHERE id = $5 AND held_by = $6 AND user_id = $7 AND node_id IS NULL",
            size,
            made.0.uuid(),
            made.1.uuid(),
            self.now.plus(KEPT),
            hold.upload.uuid(),
            hold.key,
            self.proof.user().map(UserId::uuid)
        )?;
        super::tree_changes::expect_one(ended)?;
        execute!(self.tx, "DELETE FROM upload_parts WHERE upload_id = $1", hold.upload.uuid())?;
        for part in joined {
            let gone = execute!(
                self.tx,
                "DELETE FROM uploads WHERE id = $1 AND held_by = $2 AND held_until IS NOT NULL",
                part.upload.uuid(),
                part.key
            )?;
            super::tree_changes::expect_one(gone)?;
        }
        self.detail("upload", hold.upload.to_string());
        Ok(())
    }
}
