//! What is changed of people by others: made, renamed, given roles, shut out, let in again, freed of second factors.

use carrel_audit_log::json::Json;
use carrel_ids::{RoleId, TokenId, UserId};
use time::Duration;

use super::{
    NewToken, NewUser, NoticeKind, StoreError, Writer,
    connect::{execute, on_tx},
    recovery::Reset,
};
use crate::authz::{
    FactorPolicy, LocalAdministrator, ManageUsers, PersonAccess, Proof, Rights, Role, RoleGrant, SystemAccess,
};

impl Writer<'_, SystemAccess<ManageUsers>> {
    /// A person or a service account with the roles that the actor may give, whatever `user` says of them.
    ///
    /// # Errors
    /// [`StoreError::Exists`] when the name is taken.
    pub async fn create_person(&mut self, user: &NewUser<'_>, roles: &RoleGrant) -> Result<UserId, StoreError> {
        let user = NewUser { roles: roles.given(), ..*user };
        self.insert_user(&user).await
    }
}

impl Writer<'_, PersonAccess> {
    pub async fn update_person(
        &mut self,
        display_name: &str,
        email: Option<&str>,
        roles: &RoleGrant,
    ) -> Result<(), StoreError> {
        let user = self.proof.user();
        self.lock_person(user).await?;
        self.name_person(user, display_name, email).await?;
        self.change_roles(user, roles.given(), roles.taken()).await
    }

    /// Ends whatever the person has open; they cannot sign in any more.
    ///
    /// # Errors
    /// [`StoreError::LastAdministrator`]; [`StoreError::NotFound`] when the person was deleted.
    pub async fn deactivate(&mut self) -> Result<(), StoreError> {
        let user = self.proof.user();
        self.lock_person(user).await?;
        self.disable(user).await
    }

    /// Lets the person sign in again. What was ended stays ended.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the person is not disabled.
    pub async fn activate(&mut self) -> Result<(), StoreError> {
        let user = self.proof.user();
        let done = execute!(
            self.tx,
            "UPDATE users SET state = 'active' WHERE id = $1 AND state = 'disabled' AND deleted_at IS NULL",
            user.uuid()
        )?;
        if done == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Ends the person's sessions.
    pub async fn end_sessions(&mut self) -> Result<(), StoreError> {
        let user = self.proof.user();
        let ended = self.end_sessions_of(user, None, "administrator").await?;
        self.detail("ended", Json::Integer(i64::try_from(ended).unwrap_or(i64::MAX)));
        Ok(())
    }

    /// Removes every second factor of the person.
    ///
    /// # Errors
    /// [`StoreError::SecondPersonNeeded`] when whoever acts made a link for the person's password a short while ago.
    pub async fn reset_factors(&mut self, reason: &str) -> Result<(), StoreError> {
        let user = self.proof.user();
        self.note_reset(Reset::Factors).await?;
        self.note_recovered(user).await?;
        self.reset_factors_of(user, reason).await
    }

    /// A token of a service account. Nobody makes one for a person but the person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is no active service account.
    pub async fn create_service_token(&mut self, token: &NewToken<'_>) -> Result<TokenId, StoreError> {
        let user = self.proof.user();
        let is_service = execute!(
            self.tx,
            "UPDATE users SET state = state WHERE id = $1 AND kind = 'service' AND state = 'active'",
            user.uuid()
        )?;
        if is_service != 1 {
            return Err(StoreError::NotFound);
        }
        self.insert_token(user, token).await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it is none of the person's.
    pub async fn revoke_token(&mut self, token: TokenId) -> Result<(), StoreError> {
        let user = self.proof.user();
        self.revoke_token_of(user, token).await
    }
}

impl Writer<'_, LocalAdministrator> {
    /// Removes every second factor of somebody.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such user.
    pub async fn reset_factors(&mut self, name: &str, reason: &str) -> Result<(), StoreError> {
        let user = self.user_id(name).await?;
        self.reset_factors_of(user, reason).await
    }

    /// Gives somebody a system role or takes it from them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such user, [`StoreError::LastAdministrator`].
    pub async fn change_role(&mut self, name: &str, role: Role, give: bool) -> Result<(), StoreError> {
        let user = self.user_id(name).await?;
        self.lock_person(user).await?;
        let changed = [role.id()];
        let (given, taken): (&[RoleId], &[RoleId]) = if give { (&changed, &[]) } else { (&[], &changed) };
        self.change_roles(user, given, taken).await
    }
}

impl<P: Proof> Writer<'_, P> {
    /// Whoever changes the same person waits. Always the first lock that a transaction takes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when they were deleted.
    pub(super) async fn lock_person(&mut self, user: UserId) -> Result<(), StoreError> {
        let there =
            execute!(self.tx, "UPDATE users SET state = state WHERE id = $1 AND deleted_at IS NULL", user.uuid())?;
        if there == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }

    /// Gives and takes roles; what the person does next needs a fresh second factor.
    pub(super) async fn change_roles(
        &mut self,
        user: UserId,
        give: &[RoleId],
        take: &[RoleId],
    ) -> Result<(), StoreError> {
        if give.is_empty() && take.is_empty() {
            return Ok(());
        }
        let before = self.policy_of(user).await?;
        for role in take {
            execute!(
                self.tx,
                "DELETE FROM role_members WHERE user_id = $1 AND role_id = $2",
                user.uuid(),
                role.uuid()
            )?;
        }
        for role in give {
            self.give_role(user, *role, None).await?;
        }
        if take.contains(&Role::Administrator.id()) {
            self.end_emergencies_of(user).await?;
            self.require_an_administrator().await?;
        }
        let list = |roles: &[RoleId]| Json::List(roles.iter().map(|role| role.to_string().into()).collect());
        self.detail("given", list(give));
        self.detail("taken", list(take));
        self.roles_changed(user, before).await
    }

    /// After the person's roles changed: what they ask for holds, elevated sessions are ordinary again, and the person is told.
    pub(super) async fn roles_changed(&mut self, user: UserId, before: FactorPolicy) -> Result<(), StoreError> {
        self.hold_to_rules(user, before).await?;
        self.end_elevation_of(user).await?;
        self.notify(user, NoticeKind::RoleChanged).await?;
        self.note_revocation().await
    }

    /// What the person's roles ask for from now on, where it was `before`, holds for their account and their sessions.
    pub(super) async fn hold_to_rules(&mut self, user: UserId, before: FactorPolicy) -> Result<(), StoreError> {
        if self.policy_of(user).await? > before {
            if before > FactorPolicy::None {
                // Whoever did what was asked until now has time for what is new; whoever let their time pass has none.
                execute!(
                    self.tx,
                    "UPDATE users SET factor_due_at = NULL WHERE id = $1 AND factor_due_at <= $2
                     AND (EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = users.id)
                         OR EXISTS (SELECT 1 FROM totp_factors t WHERE t.user_id = users.id AND t.confirmed_at IS NOT NULL))",
                    user.uuid(),
                    self.now
                )?;
            }
            self.set_factor_due(user).await?;
        }
        self.shorten_sessions(Some(user)).await
    }

    /// The role, for a time or for good; a membership that lasts longer stays.
    pub(super) async fn give_role(
        &mut self,
        user: UserId,
        role: RoleId,
        valid: Option<Duration>,
    ) -> Result<(), StoreError> {
        let until = valid.map(|valid| self.now.plus(valid));
        execute!(
            self.tx,
            "DELETE FROM role_members WHERE user_id = $1 AND role_id = $2
             AND expires_at IS NOT NULL AND (expires_at <= $3 OR $4 IS NULL OR expires_at < $4)",
            user.uuid(),
            role.uuid(),
            self.now,
            until
        )?;
        let by = self.acting_user();
        execute!(
            self.tx,
            "INSERT INTO role_members (user_id, role_id, granted_at, granted_by, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id, role_id) DO NOTHING",
            user.uuid(),
            role.uuid(),
            self.now,
            by.map(UserId::uuid),
            until
        )?;
        Ok(())
    }

    /// What the person may do at this moment of the transaction, and which factor their roles ask for.
    pub(super) async fn rights_of(&mut self, user: UserId) -> Result<Rights, StoreError> {
        let words: Option<String> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT string_agg(COALESCE(r.code, r.permissions) || ' !' || r.second_factor || COALESCE(' ~' || m.break_glass, ''), ' ')
             FROM role_members m JOIN roles r ON r.id = m.role_id
             WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2)"
        ).bind(user.uuid()).bind(self.now).fetch_one(c).await)?;
        Ok(Rights::from_words(words.as_deref().unwrap_or("")))
    }

    pub(super) async fn policy_of(&mut self, user: UserId) -> Result<FactorPolicy, StoreError> {
        Ok(self.rights_of(user).await?.policy)
    }

    async fn end_elevation_of(&mut self, user: UserId) -> Result<(), StoreError> {
        execute!(
            self.tx,
            "UPDATE sessions SET elevation_hash = NULL, elevated_until = NULL WHERE user_id = $1 AND elevated_until IS NOT NULL",
            user.uuid()
        )?;
        Ok(())
    }

    async fn reset_factors_of(&mut self, user: UserId, reason: &str) -> Result<(), StoreError> {
        self.lock_person(user).await?;
        self.remove_factors_of(user).await?;
        // A time of grace begins, also for whoever had used theirs up.
        execute!(self.tx, "UPDATE users SET factor_due_at = NULL WHERE id = $1", user.uuid())?;
        self.set_factor_due(user).await?;
        self.end_sessions_of(user, None, "factors_reset").await?;
        self.personal("reason", reason);
        self.notify(user, NoticeKind::FactorsReset).await
    }

    /// How many there were of each is in the entry.
    pub(super) async fn remove_factors_of(&mut self, user: UserId) -> Result<(), StoreError> {
        let passkeys = execute!(self.tx, "DELETE FROM passkeys WHERE user_id = $1", user.uuid())?;
        let apps = execute!(self.tx, "DELETE FROM totp_factors WHERE user_id = $1", user.uuid())?;
        execute!(self.tx, "DELETE FROM recovery_codes WHERE user_id = $1", user.uuid())?;
        self.detail("passkeys", Json::Integer(i64::try_from(passkeys).unwrap_or(i64::MAX)));
        self.detail("totp", Json::Integer(i64::try_from(apps).unwrap_or(i64::MAX)));
        Ok(())
    }
}
