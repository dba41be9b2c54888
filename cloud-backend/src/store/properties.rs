//! Properties that clients put on nodes: kept, copied and moved with the node, and never looked into.

use super::{
    StoreError, Writer,
    connect::{execute, on_tx},
    locks::Reach,
};
use crate::authz::{FileAccess, Write};

/// Properties of one node.
const MAX_PROPERTIES: i64 = 256;

/// One property that is to be put on a node, or taken away.
#[derive(Debug)]
pub struct PropertyChange {
    pub namespace: String,
    pub name: String,
    /// The whole element as XML; none takes it away.
    pub value: Option<String>,
}

impl Writer<'_, FileAccess<Write>> {
    /// Puts all of these on the proof's node, in their order.
    ///
    /// # Errors
    /// [`StoreError::Locked`]; [`StoreError::TooManyProperties`].
    pub async fn change_properties(&mut self, changes: &[&PropertyChange]) -> Result<(), StoreError> {
        self.live_change().await?;
        let node = self.proof.node().uuid();
        self.require_unlocked(node, Reach::Node).await?;
        for change in changes {
            execute!(
                self.tx,
                "DELETE FROM node_properties WHERE node_id = $1 AND namespace = $2 AND name = $3",
                node,
                change.namespace.as_str(),
                change.name.as_str()
            )?;
            if let Some(value) = &change.value {
                execute!(
                    self.tx,
                    "INSERT INTO node_properties (node_id, namespace, name, value) VALUES ($1, $2, $3, $4)",
                    node,
                    change.namespace.as_str(),
                    change.name.as_str(),
                    value.as_str()
                )?;
            }
        }
        let number: i64 = on_tx!(self.tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM node_properties WHERE node_id = $1")
            .bind(node).fetch_one(c).await)?;
        if number > MAX_PROPERTIES {
            return Err(StoreError::TooManyProperties);
        }
        self.detail(
            "properties",
            carrel_audit_log::json::Json::Integer(i64::try_from(changes.len()).unwrap_or(i64::MAX)),
        );
        Ok(())
    }
}
