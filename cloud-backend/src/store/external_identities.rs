//! Who a provider's people are here: the pair of provider and subject, and nothing else (T-17).

use carrel_audit_log::json::Json;
use carrel_ids::{ProviderId, RoleId, UserId};
use uuid::Uuid;

use super::{
    NewUser, NoticeKind, StoreError, Timestamp, Writer,
    connect::{execute, on_tx},
    users::name_key,
};
use crate::authz::{Confirmed, OwnAccess, ProviderAssertion, ProviderLogout, Role, Target};

/// How many names are tried for somebody whose name is taken.
const MAX_NAMES: u32 = 1000;

/// Somebody whom a provider knows and nobody here knew.
#[derive(Debug)]
pub struct NewExternalUser<'a> {
    /// The wished name; another one with a number when it is taken.
    pub name: &'a str,
    pub display_name: &'a str,
    pub language: &'a str,
    pub email: Option<&'a str>,
}

impl Writer<'_, ProviderAssertion> {
    /// Takes the provider's word: the same one is worth nothing afterwards, on any replica (T-16).
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it was taken before.
    pub async fn use_assertion(&mut self, hash: &[u8; 32], expires_at: Timestamp) -> Result<(), StoreError> {
        use_once(self, hash, expires_at).await
    }

    /// The active person with this identity; notes the use.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for somebody who was deactivated.
    pub async fn known_user(&mut self) -> Result<Option<UserId>, StoreError> {
        let (provider, subject) = (self.proof.provider(), self.proof.subject());
        let user: Option<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "UPDATE external_identities SET last_used_at = $1 WHERE provider_id = $2 AND subject = $3 RETURNING user_id"
        ).bind(self.now).bind(provider.uuid()).bind(subject).fetch_optional(c).await)?;
        let Some(user) = user.map(UserId::from) else { return Ok(None) };
        // An update, so that a deactivation at the same time waits for this transaction or this one for it.
        let active = execute!(
            self.tx,
            "UPDATE users SET state = state WHERE id = $1 AND state = 'active' AND kind = 'person'",
            user.uuid()
        )?;
        if active != 1 {
            return Err(StoreError::NotFound);
        }
        self.detail("provider", provider.to_string());
        self.set_target(Target::User(user));
        Ok(Some(user))
    }

    /// Makes the person and their identity. They are somebody new, whoever has the same name or e-mail address here (T-17).
    ///
    /// # Errors
    /// [`StoreError::Exists`] when somebody else got the name, or this very person came twice, in the same moment: try again.
    pub async fn make_user(&mut self, user: &NewExternalUser<'_>) -> Result<UserId, StoreError> {
        let name = self.free_name(user.name).await?;
        let new = NewUser {
            name: &name,
            display_name: user.display_name,
            language: user.language,
            email: user.email,
            service: false,
            password_hash: None,
            roles: &[],
        };
        let id = self.insert_user(&new).await?;
        let provider = self.proof.provider();
        self.detail("provider", provider.to_string());
        execute!(
            self.tx,
            "INSERT INTO external_identities (provider_id, subject, user_id, linked_at, last_used_at) VALUES ($1, $2, $3, $4, $4)",
            provider.uuid(),
            self.proof.subject(),
            id.uuid(),
            self.now
        )?;
        Ok(id)
    }

    async fn free_name(&mut self, wish: &str) -> Result<String, StoreError> {
        for number in 1..MAX_NAMES {
            let name = if number == 1 { wish.to_owned() } else { format!("{wish}-{number}") };
            let taken: bool = on_tx!(self.tx, c => sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM users WHERE name_key = $1)"
            ).bind(name_key(&name)).fetch_one(c).await)?;
            if !taken {
                return Ok(name);
            }
        }
        Err(StoreError::NameTaken)
    }

    /// Gives and takes the roles that come from the provider. Those that somebody here gave for good stay as they are; one for a time
    /// becomes the provider's, which has no end of its own. Those with rights that no provider may give are left out, whatever the map
    /// says.
    pub async fn set_provided_roles(&mut self, user: UserId, roles: &[RoleId]) -> Result<(), StoreError> {
        let provider = self.proof.provider();
        let before = self.policy_of(user).await?;
        let mut wanted = Vec::new();
        for role in roles {
            if self.is_role_for_providers(*role).await? {
                wanted.push(*role);
            }
        }
        let other_roles: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM role_members
             WHERE user_id = $1 AND (provider_id IS NULL OR provider_id <> $2) AND expires_at IS NULL)"
        ).bind(user.uuid()).bind(provider.uuid()).fetch_one(c).await)?;
        if wanted.is_empty() && !other_roles {
            // Nobody is without any role, also when one for a time is over: they see what others share with them.
            wanted.push(Role::Guest.id());
        }
        let held: Vec<Uuid> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT role_id FROM role_members WHERE user_id = $1 AND provider_id = $2"
        ).bind(user.uuid()).bind(provider.uuid()).fetch_all(c).await)?;
        let mut changed = 0;
        for role in held.into_iter().map(RoleId::from).filter(|role| !wanted.contains(role)) {
            changed += execute!(
                self.tx,
                "DELETE FROM role_members WHERE user_id = $1 AND role_id = $2 AND provider_id = $3",
                user.uuid(),
                role.uuid(),
                provider.uuid()
            )?;
        }
        for role in wanted {
            changed += execute!(
                self.tx,
                "INSERT INTO role_members (user_id, role_id, granted_at, provider_id) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (user_id, role_id) DO UPDATE SET granted_at = $3, granted_by = NULL, expires_at = NULL, provider_id = $4
                 WHERE role_members.expires_at IS NOT NULL",
                user.uuid(),
                role.uuid(),
                self.now,
                provider.uuid()
            )?;
        }
        if changed > 0 {
            self.detail("roles_changed", Json::Integer(i64::try_from(changed).unwrap_or(i64::MAX)));
            self.hold_to_rules(user, before).await?;
            self.note_revocation().await?;
        }
        Ok(())
    }
}

impl Writer<'_, OwnAccess> {
    /// Links the identity of `word` to the acting person.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it is somebody's, when the person has another one of this provider, or when the word was used.
    pub async fn link_identity(
        &mut self,
        word: &ProviderAssertion,
        hash: &[u8; 32],
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        use_once(self, hash, expires_at).await?;
        let user = self.proof.user();
        execute!(
            self.tx,
            "INSERT INTO external_identities (provider_id, subject, user_id, linked_at) VALUES ($1, $2, $3, $4)",
            word.provider().uuid(),
            word.subject(),
            user.uuid(),
            self.now
        )?;
        self.detail("provider", word.provider().to_string());
        self.notify(user, NoticeKind::IdentityLinked).await
    }
}

impl Writer<'_, Confirmed> {
    /// Takes the identity away, with the roles that came with it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none; [`StoreError::LastWayIn`] when the person could not sign in any more.
    pub async fn unlink_identity(&mut self, provider: ProviderId) -> Result<(), StoreError> {
        let user = self.proof.user();
        let gone = execute!(
            self.tx,
            "DELETE FROM external_identities WHERE provider_id = $1 AND user_id = $2",
            provider.uuid(),
            user.uuid()
        )?;
        if gone != 1 {
            return Err(StoreError::NotFound);
        }
        let another_way: bool = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND password_hash IS NOT NULL)
                 OR EXISTS (SELECT 1 FROM passkeys WHERE user_id = $1)
                 OR EXISTS (SELECT 1 FROM external_identities e JOIN identity_providers p ON p.id = e.provider_id
                            WHERE e.user_id = $1 AND p.enabled)"
        ).bind(user.uuid()).fetch_one(c).await)?;
        if !another_way {
            return Err(StoreError::LastWayIn);
        }
        execute!(
            self.tx,
            "DELETE FROM role_members WHERE user_id = $1 AND provider_id = $2",
            user.uuid(),
            provider.uuid()
        )?;
        self.detail("provider", provider.to_string());
        self.note_revocation().await
    }
}

impl Writer<'_, ProviderLogout> {
    /// Takes the word: it counts once.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when it was taken before.
    pub async fn use_assertion(&mut self, hash: &[u8; 32], expires_at: Timestamp) -> Result<(), StoreError> {
        use_once(self, hash, expires_at).await
    }

    /// Ends the sessions that the provider's word means; how many they were. Sessions that began in another way go on.
    pub async fn end_provided_sessions(&mut self) -> Result<u64, StoreError> {
        let (provider, session, subject) = (self.proof.provider(), self.proof.session(), self.proof.subject());
        let ended = execute!(
            self.tx,
            "UPDATE sessions SET ended_at = $1, ended_cause = 'provider_sign_out'
             WHERE provider_id = $2 AND ended_at IS NULL AND ($3 IS NULL OR provider_session = $3)
               AND ($4 IS NULL OR user_id IN (SELECT user_id FROM external_identities WHERE provider_id = $2 AND subject = $4))",
            self.now,
            provider.uuid(),
            session,
            subject
        )?;
        self.end_ide_sessions_of_ended().await?;
        self.detail("ended", Json::Integer(i64::try_from(ended).unwrap_or(i64::MAX)));
        self.note_revocation().await?;
        Ok(ended)
    }
}

impl<P> Writer<'_, P> {
    /// What the IDE backend holds for a session ends with it.
    pub(super) async fn end_ide_sessions_of_ended(&mut self) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE ide_sessions SET ended_at = $1 WHERE ended_at IS NULL
             AND session_id IN (SELECT id FROM sessions WHERE ended_at IS NOT NULL)",
            self.now
        )?;
        Ok(())
    }
}

async fn use_once<P>(writer: &mut Writer<'_, P>, hash: &[u8; 32], expires_at: Timestamp) -> Result<(), StoreError> {
    let used = execute!(
        writer.tx,
        "INSERT INTO used_assertions (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
        hash.as_slice(),
        expires_at
    )?;
    if used == 1 { Ok(()) } else { Err(StoreError::Exists) }
}
