//! What a person marked, and what they opened last. The lists name nodes only; whether the person may still see one is decided anew
//! for each.

use carrel_ids::{NodeId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db},
};
use crate::authz::{FileAccess, OwnAccess, Read};

/// A sign of life is written at most this often for a person and a file.
const OPENED_EVERY: Duration = Duration::minutes(1);
/// How often it is tried to write down who opened what, while others delete that.
const TRIES: u32 = 3;
/// For how long it is remembered what somebody opened.
const KEEP_RECENTS: Duration = Duration::days(180);

/// A node that a person marked.
#[derive(Debug, Clone, Copy)]
pub struct Favourite {
    pub node: NodeId,
    pub added_at: Timestamp,
}

/// A file that a person opened or saved.
#[derive(Debug, Clone, Copy)]
pub struct Recent {
    pub node: NodeId,
    pub at: Timestamp,
}

impl Writer<'_, FileAccess<Read>> {
    /// Marks the proof's node; twice is once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is gone.
    pub async fn add_favourite(&mut self) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "INSERT INTO favourites (user_id, node_id, added_at) VALUES ($1, $2, $3) ON CONFLICT (user_id, node_id) DO NOTHING",
            self.proof.actor_uuid(),
            self.proof.uuid(),
            self.now
        )?;
        Ok(())
    }
}

impl Writer<'_, OwnAccess> {
    /// Takes the mark away, also from what one no longer sees.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn remove_favourite(&mut self, node: NodeId) -> Result<(), StoreError> {
        self.detail("node", node.to_string());
        execute!(
            self.tx,
            "DELETE FROM favourites WHERE user_id = $1 AND node_id = $2",
            self.proof.user().uuid(),
            node.uuid()
        )?;
        Ok(())
    }
}

impl Store {
    /// Up to `limit` of the person's marks behind `after`, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn favourites(
        &self,
        own: &OwnAccess,
        after: Option<Favourite>,
        limit: i64,
    ) -> Result<Vec<Favourite>, StoreError> {
        let far = Timestamp::now().plus(Duration::DAY);
        let (at, node) = after.map_or((far, Uuid::max()), |last| (last.added_at, last.node.uuid()));
        let rows: Vec<(Uuid, Timestamp)> = on_db!(self, p => sqlx::query_as(
            "SELECT node_id, added_at FROM favourites WHERE user_id = $1 AND (added_at, node_id) < ($2, $3)
             ORDER BY added_at DESC, node_id DESC LIMIT $4"
        ).bind(own.user().uuid()).bind(at).bind(node).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(node, added_at)| Favourite { node: node.into(), added_at }).collect())
    }

    /// Which children of the proof's folder the asker marked.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn favourites_in(&self, access: &FileAccess<Read>) -> Result<Vec<NodeId>, StoreError> {
        let rows: Vec<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT f.node_id FROM favourites f JOIN nodes n ON n.id = f.node_id WHERE f.user_id = $1 AND n.parent_id = $2"
        ).bind(access.actor_uuid()).bind(access.uuid()).fetch_all(p).await)?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// What the person opened or saved last.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn recents(&self, own: &OwnAccess, limit: i64) -> Result<Vec<Recent>, StoreError> {
        let rows: Vec<(Uuid, Timestamp)> = on_db!(self, p => sqlx::query_as(
            "SELECT node_id, at FROM recents WHERE user_id = $1 ORDER BY at DESC, node_id LIMIT $2"
        ).bind(own.user().uuid()).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(node, at)| Recent { node: node.into(), at }).collect())
    }

    /// Writes down who opened what. A sign of life, like that of a token: no act, and the content that left a shared space has an
    /// entry of its own. What is gone by now is left out.
    pub(crate) async fn write_recents(&self, opened: &[(UserId, NodeId, Timestamp)]) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            match self.try_to_write_recents(opened).await {
                // A node was deleted for good between the look at it and the row that names it. It is gone for the next look.
                Err(StoreError::Database(sqlx::Error::Database(error))) if error.is_foreign_key_violation() => {}
                other => return other,
            }
        }
        Ok(())
    }

    async fn try_to_write_recents(&self, opened: &[(UserId, NodeId, Timestamp)]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (user, node, at) in opened {
            execute!(
                &mut tx,
                "INSERT INTO recents (user_id, node_id, at) SELECT $1, n.id, $3 FROM nodes n WHERE n.id = $2
                 ON CONFLICT (user_id, node_id) DO UPDATE SET at = excluded.at WHERE recents.at <= $4",
                user.uuid(),
                node.uuid(),
                *at,
                at.minus(OPENED_EVERY)
            )?;
        }
        execute!(&mut tx, "DELETE FROM recents WHERE at < $1", Timestamp::now().minus(KEEP_RECENTS))?;
        tx.commit_aside().await
    }
}
