//! What a workspace's volume and the cloud last agreed on. Not acts: they say what a copy is a copy of.

use carrel_ids::VersionId;
use uuid::Uuid;

use super::{
    Store, StoreError,
    connect::{execute, on_db},
};
use crate::authz::SandboxAccess;

impl Store {
    /// Files as the workspace's volume last agreed with the cloud: path, version, SHA-256.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn bases(
        &self,
        access: &SandboxAccess,
        after: &str,
        limit: i64,
    ) -> Result<Vec<(String, VersionId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, Uuid, Vec<u8>)> = on_db!(self, p => sqlx::query_as(
            "SELECT path, version_id, sha256 FROM workspace_bases WHERE workspace_id = $1 AND path > $2 ORDER BY path LIMIT $3"
        ).bind(access.workspace().uuid()).bind(after).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().map(|(path, version, sha)| (path, version.into(), sha)).collect())
    }

    /// Records what the volume and the cloud agree on. Not an act: it says what a copy is a copy of.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn put_bases(
        &self,
        access: &SandboxAccess,
        bases: &[(String, VersionId, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for (path, version, sha256) in bases {
            execute!(
                &mut tx,
                "INSERT INTO workspace_bases (workspace_id, path, version_id, sha256) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (workspace_id, path) DO UPDATE SET version_id = excluded.version_id, sha256 = excluded.sha256",
                access.workspace().uuid(),
                path.as_str(),
                version.uuid(),
                sha256.as_slice()
            )?;
        }
        tx.commit_aside().await
    }

    /// Forgets what the volume held at `path` and below.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn remove_bases(&self, access: &SandboxAccess, path: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // '0' is the character behind '/': everything below the path and nothing beside it.
        execute!(
            &mut tx,
            "DELETE FROM workspace_bases WHERE workspace_id = $1 AND (path = $2 OR (path > $3 AND path < $4))",
            access.workspace().uuid(),
            path,
            format!("{path}/"),
            format!("{path}0")
        )?;
        tx.commit_aside().await
    }

    /// Forgets all that the volume held: it was lost, and a new one is in its place.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn forget_bases(&self, access: &SandboxAccess) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(&mut tx, "DELETE FROM workspace_bases WHERE workspace_id = $1", access.workspace().uuid())?;
        tx.commit_aside().await
    }
}
