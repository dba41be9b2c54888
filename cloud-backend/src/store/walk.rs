//! From a path to a node, in one statement however deep the path goes. Knows names and folders; rights are asked of what it finds.

use std::fmt::Write as _;

use carrel_ids::{NodeId, SpaceId, UserId};
use uuid::Uuid;

use super::{Store, StoreError, connect::on_db, files::FOLDER};
use crate::authz::FileName;

/// How far a path leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Located {
    /// The last node on the path that is there.
    pub node: NodeId,
    pub is_folder: bool,
    /// How many names behind it lead nowhere; 0 when the whole path is there.
    pub left: usize,
}

impl Store {
    /// Follows `names` from the top of `space`, or of the person's own space. None when there is no such space.
    ///
    /// The names travel as one text, each behind its length in four digits, because no form of a list is the same in both databases.
    pub(crate) async fn walk(
        &self,
        user: UserId,
        space: Option<SpaceId>,
        names: &[FileName],
    ) -> Result<Option<Located>, StoreError> {
        let mut path = String::new();
        for name in names {
            // Writing to a text cannot fail.
            write!(path, "{:04}{}", name.as_str().chars().count(), name.as_str()).ok();
        }
        path.push_str("0000");
        let (own, space) = match space {
            None => (user.uuid(), Uuid::nil()),
            Some(space) => (Uuid::nil(), space.uuid()),
        };
        let row: Option<(Uuid, i32, i16)> = on_db!(self, p => sqlx::query_as(
            "WITH RECURSIVE walk (id, depth, rest) AS (
                 SELECT s.root_id, 0, CAST($3 AS TEXT) FROM spaces s WHERE (s.kind = 'personal' AND s.owner_id = $1) OR s.id = $2
                 UNION ALL
                 SELECT c.id, w.depth + 1, substr(w.rest, 5 + CAST(substr(w.rest, 1, 4) AS INTEGER))
                 FROM walk w JOIN nodes c ON c.parent_id = w.id AND c.name = substr(w.rest, 5, CAST(substr(w.rest, 1, 4) AS INTEGER))
                      AND c.trashed_at IS NULL)
             SELECT n.id, w.depth, n.kind FROM walk w JOIN nodes n ON n.id = w.id ORDER BY w.depth DESC LIMIT 1"
        ).bind(own).bind(space).bind(path).fetch_optional(p).await)?;
        Ok(row.map(|(id, depth, kind)| Located {
            node: id.into(),
            is_folder: kind == FOLDER,
            left: names.len().saturating_sub(usize::try_from(depth).unwrap_or(0)),
        }))
    }
}
