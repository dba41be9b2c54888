//! Uploads that come in chunks which a client names, in any order and side by side. Each is an upload like every other (`uploads.rs`): it
//! expires with the same rules, and becomes a file in the same way.

use carrel_ids::UploadId;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp,
    connect::{execute, on_db, on_tx},
    uploads::{KEPT, UploadHold},
};
use crate::{authz::OwnAccess, content::Part};

/// A chunk that is there whole.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    /// As the client calls it.
    pub(crate) name: String,
    /// Where each piece begins, counted in the chunk.
    pub(crate) pieces: Vec<Part>,
}

impl Chunk {
    pub(crate) fn size(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.size).sum()
    }
}

impl Store {
    /// Gives an upload the name by which its client goes on with it.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when another one that is under way has it.
    pub(crate) async fn name_transfer(&self, own: &OwnAccess, upload: UploadId, name: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // One that is over holds no name.
        execute!(
            &mut tx,
            "UPDATE uploads SET transfer = NULL WHERE user_id = $1 AND transfer = $2 AND (node_id IS NOT NULL OR expires_at < $3)",
            own.user().uuid(),
            name,
            Timestamp::now()
        )?;
        let named = execute!(
            &mut tx,
            "UPDATE uploads SET transfer = $1 WHERE id = $2 AND user_id = $3 AND node_id IS NULL",
            name,
            upload.uuid(),
            own.user().uuid()
        )?;
        if named != 1 {
            return Err(StoreError::NotFound);
        }
        tx.commit().await
    }

    /// One's own upload of this name, also one that has become a file.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none.
    pub(crate) async fn transfer(&self, own: &OwnAccess, name: &str) -> Result<UploadId, StoreError> {
        let id: Uuid = on_db!(self, p => sqlx::query_scalar("SELECT id FROM uploads WHERE user_id = $1 AND transfer = $2 AND expires_at > $3")
            .bind(own.user().uuid()).bind(name).bind(Timestamp::now()).fetch_one(p).await)?;
        Ok(id.into())
    }

    /// Bytes of all chunks, and in how many pieces they are.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn transferred(&self, upload: UploadId) -> Result<(u64, i64), StoreError> {
        let (sum, pieces): (i64, i64) = on_db!(self, p => sqlx::query_as(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT), COUNT(*) FROM upload_chunks WHERE upload_id = $1"
        ).bind(upload.uuid()).fetch_one(p).await)?;
        Ok((u64::try_from(sum).unwrap_or(0), pieces))
    }

    /// Counts a chunk whose pieces are durable; the pieces that it had before, which nothing names any more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the upload is over, or is being put together.
    pub(crate) async fn put_chunk(
        &self,
        own: &OwnAccess,
        upload: UploadId,
        chunk: &Chunk,
    ) -> Result<Vec<Part>, StoreError> {
        let now = Timestamp::now();
        let mut tx = self.begin().await?;
        let alive = execute!(
            &mut tx,
            "UPDATE uploads SET expires_at = $1 WHERE id = $2 AND user_id = $3 AND node_id IS NULL AND (held_until IS NULL OR held_until < $4)",
            now.plus(KEPT),
            upload.uuid(),
            own.user().uuid(),
            now
        )?;
        super::tree_changes::expect_one(alive)?;
        let before: Vec<(Uuid, i64, i64)> = on_tx!(&mut tx, c => sqlx::query_as(
            "DELETE FROM upload_chunks WHERE upload_id = $1 AND name = $2 RETURNING id, start, size"
        ).bind(upload.uuid()).bind(chunk.name.as_str()).fetch_all(c).await)?;
        for piece in &chunk.pieces {
            execute!(
                &mut tx,
                "INSERT INTO upload_chunks (upload_id, name, start, id, size) VALUES ($1, $2, $3, $4, $5)",
                upload.uuid(),
                chunk.name.as_str(),
                i64::try_from(piece.start).unwrap_or(i64::MAX),
                piece.id,
                i64::try_from(piece.size).unwrap_or(i64::MAX)
            )?;
        }
        tx.commit().await?;
        Ok(before.into_iter().map(part).collect())
    }

    /// The chunks, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn chunks(&self, own: &OwnAccess, upload: UploadId) -> Result<Vec<Chunk>, StoreError> {
        let rows: Vec<(String, Uuid, i64, i64)> = on_db!(self, p => sqlx::query_as(
            "SELECT c.name, c.id, c.start, c.size FROM upload_chunks c JOIN uploads u ON u.id = c.upload_id
             WHERE c.upload_id = $1 AND u.user_id = $2 ORDER BY c.name, c.start"
        ).bind(upload.uuid()).bind(own.user().uuid()).fetch_all(p).await)?;
        let mut chunks: Vec<Chunk> = Vec::new();
        for (name, id, start, size) in rows {
            let piece = part((id, start, size));
            match chunks.last_mut() {
                Some(chunk) if chunk.name == name => chunk.pieces.push(piece),
                _ => chunks.push(Chunk { name, pieces: vec![piece] }),
            }
        }
        Ok(chunks)
    }

    /// The upload is over for its client, who may take the name for another; what has become a file stays one.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn forget_transfer(&self, own: &OwnAccess, upload: UploadId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(
            &mut tx,
            "UPDATE uploads SET transfer = NULL WHERE id = $1 AND user_id = $2",
            upload.uuid(),
            own.user().uuid()
        )?;
        tx.commit().await
    }

    /// Alone from here on, until the chunks are a file: none is added meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn hold_transfer(
        &self,
        own: &OwnAccess,
        upload: UploadId,
    ) -> Result<Option<UploadHold>, StoreError> {
        self.hold_upload(own, upload, 0, None).await
    }
}

fn part((id, start, size): (Uuid, i64, i64)) -> Part {
    Part { id, start: u64::try_from(start).unwrap_or(0), size: u64::try_from(size).unwrap_or(0) }
}
