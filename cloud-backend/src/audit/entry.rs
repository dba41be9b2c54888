//! One act as the log will keep it: the leaf's members, and what of it is personal.

use carrel_audit_log::{
    json::Members,
    leaf::{self, Leaf, LeafError},
    personal::Commitment,
};
use carrel_ids::{EntryId, SpaceId};
use uuid::Uuid;

use super::{Action, Outcome};
use crate::{
    authz::{Actor, ActorKind, Target},
    store::Timestamp,
};

/// What [`crate::store::Store::audited`] knows of an act.
#[derive(Debug)]
pub struct Entry<'a> {
    pub id: EntryId,
    pub at: Timestamp,
    /// The replica that wrote it.
    pub node: &'a str,
    pub action: Action,
    pub outcome: Outcome,
    pub actor: &'a Actor,
    pub target: Target,
    pub space: Option<SpaceId>,
    pub details: Members,
    pub personal: Members,
}

impl Entry<'_> {
    /// The person whose personal data the entry holds; nil when nobody is known.
    #[must_use]
    pub fn subject(&self) -> Uuid {
        match (self.actor.kind, self.target) {
            (ActorKind::User(id), _) => id.uuid(),
            (_, Target::User(id)) => id.uuid(),
            _ => Uuid::nil(),
        }
    }

    /// What goes beside the leaf, encrypted, and can be erased: where the act came from and the names that it touched.
    #[must_use]
    pub fn personal_document(&self) -> Option<Members> {
        let mut document = self.personal.clone();
        if let Some(address) = &self.actor.context.address {
            document.insert("address".to_owned(), address.as_str().into());
        }
        if let Some(client) = &self.actor.context.client {
            document.insert("client".to_owned(), client.as_str().into());
        }
        (!document.is_empty()).then_some(document)
    }

    /// The canonical bytes.
    ///
    /// # Errors
    /// [`LeafError`] when a member breaks the log's form: that is a defect of the caller.
    pub fn leaf(&self, personal: Option<Commitment>) -> Result<Vec<u8>, LeafError> {
        let (kind, id) = match self.actor.kind {
            ActorKind::Anonymous => (leaf::ActorKind::Link, None),
            ActorKind::User(id) => (leaf::ActorKind::User, Some(id.to_string())),
            ActorKind::Console | ActorKind::System => (leaf::ActorKind::System, None),
        };
        let (noun, target) = self.target.parts();
        let mut details = self.details.clone();
        if let Some(emergency) = self.actor.emergency {
            details.insert("emergency".to_owned(), emergency.to_string().into());
        }
        Leaf {
            id: self.id.uuid(),
            at: self.at.time(),
            node: self.node.to_owned(),
            action: self.action.code().to_owned(),
            outcome: self.outcome,
            actor: leaf::Actor { kind, id, session: self.actor.session.map(|id| id.to_string()), assurance: None },
            target: Some(leaf::Target { kind: noun.to_owned(), id: target }),
            space: self.space.map(SpaceId::uuid),
            request: Some(self.actor.context.request.to_string()),
            details,
            personal: personal.into_iter().collect(),
        }
        .to_canonical()
    }
}
