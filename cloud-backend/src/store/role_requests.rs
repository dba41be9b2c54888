//! The administrator's role for a time: asked for and decided on by somebody else, or taken at once in an emergency and reviewed.

use carrel_audit_log::json::Json;
use carrel_ids::{RoleId, RoleRequestId, UserId};
use time::Duration;
use uuid::Uuid;

use super::{
    NoticeKind, Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db, on_tx},
};
use crate::authz::{
    EmergencyReview, ManageRoles, OwnAccess, Permission, Proof, ReadLog, Rights, Role, RoleRequestAccess, SystemAccess,
    Target, UseBreakGlass,
};

/// How long a request waits for an answer.
const WAITS: Duration = Duration::hours(24);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($value:ident = $code:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($value,)*
        }
        impl $name {
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $code,)*
                }
            }
            fn from_text(text: &str) -> Option<Self> {
                [$(Self::$value,)*].into_iter().find(|value| value.as_str() == text)
            }
        }
    )*};
}
codes! {
    /// How somebody comes to the role.
    RequestKind {
        Request = "request",
        BreakGlass = "break_glass",
    }
    /// What became of a request.
    RequestState {
        Pending = "pending",
        Approved = "approved",
        Denied = "denied",
        Withdrawn = "withdrawn",
        Expired = "expired",
        Reviewed = "reviewed",
    }
}

/// A request, and who decided on it.
#[derive(Debug, Clone)]
pub struct RoleRequestRow {
    pub id: RoleRequestId,
    pub kind: RequestKind,
    pub user: UserId,
    pub name: String,
    pub display_name: String,
    pub role: RoleId,
    pub role_code: Option<String>,
    pub role_name: String,
    pub reason: String,
    pub minutes: i64,
    pub state: RequestState,
    pub created_at: Timestamp,
    /// Of the request while it waits; of the role once it was given.
    pub expires_at: Timestamp,
    pub decided_at: Option<Timestamp>,
    pub decided_by: Option<String>,
}

impl RoleRequestRow {
    /// An emergency in which the person is administrator at this moment.
    #[must_use]
    pub fn is_ongoing(&self) -> bool {
        self.kind == RequestKind::BreakGlass
            && self.state == RequestState::Approved
            && self.expires_at > Timestamp::now()
    }
}

#[derive(sqlx::FromRow)]
struct RequestColumns {
    id: Uuid,
    kind: String,
    user_id: Uuid,
    name: String,
    display_name: String,
    role_id: Uuid,
    role_code: Option<String>,
    role_name: String,
    reason: String,
    minutes: i64,
    state: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    decided_at: Option<Timestamp>,
    decided_by_name: Option<String>,
}

impl RequestColumns {
    /// None for what this version does not know.
    fn row(self, now: Timestamp) -> Option<RoleRequestRow> {
        let state = match RequestState::from_text(&self.state)? {
            RequestState::Pending if self.expires_at <= now => RequestState::Expired,
            state => state,
        };
        Some(RoleRequestRow {
            id: self.id.into(),
            kind: RequestKind::from_text(&self.kind)?,
            user: self.user_id.into(),
            name: self.name,
            display_name: self.display_name,
            role: self.role_id.into(),
            role_code: self.role_code,
            role_name: self.role_name,
            reason: self.reason,
            minutes: self.minutes,
            state,
            created_at: self.created_at,
            expires_at: self.expires_at,
            decided_at: self.decided_at,
            decided_by: self.decided_by_name,
        })
    }
}

macro_rules! select_requests {
    ($which:literal) => {
        concat!(
            "SELECT q.id, q.kind, q.user_id, u.name, u.display_name, q.role_id, r.code AS role_code, r.name AS role_name, q.reason,
                    q.minutes, q.state, q.created_at, q.expires_at, q.decided_at, d.display_name AS decided_by_name
             FROM role_requests q JOIN users u ON u.id = q.user_id JOIN roles r ON r.id = q.role_id
             LEFT JOIN users d ON d.id = q.decided_by WHERE ",
            $which
        )
    };
}

impl Store {
    /// One's own requests, the newest first.
    pub(crate) async fn own_role_requests(&self, own: &OwnAccess) -> Result<Vec<RoleRequestRow>, StoreError> {
        let now = Timestamp::now();
        let rows: Vec<RequestColumns> = on_db!(self, p => sqlx::query_as(select_requests!("q.user_id = $1 ORDER BY q.id DESC LIMIT 100"))
            .bind(own.user().uuid()).fetch_all(p).await)?;
        Ok(rows.into_iter().filter_map(|row| row.row(now)).collect())
    }

    /// One of one's own.
    pub(crate) async fn own_role_request(
        &self,
        user: UserId,
        request: RoleRequestId,
    ) -> Result<RoleRequestRow, StoreError> {
        let row: Option<RequestColumns> = on_db!(self, p => sqlx::query_as(select_requests!("q.id = $1 AND q.user_id = $2"))
            .bind(request.uuid()).bind(user.uuid()).fetch_optional(p).await)?;
        row.and_then(|row| row.row(Timestamp::now())).ok_or(StoreError::NotFound)
    }

    /// A page of everybody's requests, the newest first, before the one named; of one state, or of all.
    pub(crate) async fn role_requests(
        &self,
        _: &SystemAccess<ManageRoles>,
        state: Option<RequestState>,
        before: Option<RoleRequestId>,
        limit: i64,
    ) -> Result<Vec<RoleRequestRow>, StoreError> {
        let now = Timestamp::now();
        let rows: Vec<RequestColumns> = on_db!(self, p => sqlx::query_as(select_requests!(
            "($1 = '' OR CASE WHEN q.state = 'pending' AND q.expires_at <= $2 THEN 'expired' ELSE q.state END = $1)
             AND ($3 IS NULL OR q.id < $3) ORDER BY q.id DESC LIMIT $4"
        )).bind(state.map_or("", RequestState::as_str)).bind(now).bind(before.map(RoleRequestId::uuid)).bind(limit).fetch_all(p).await)?;
        Ok(rows.into_iter().filter_map(|row| row.row(now)).collect())
    }

    /// A page of emergencies for those who read the log, the newest first, before the one named.
    pub(crate) async fn emergencies(
        &self,
        _: &SystemAccess<ReadLog>,
        state: Option<RequestState>,
        before: Option<RoleRequestId>,
        limit: i64,
    ) -> Result<Vec<RoleRequestRow>, StoreError> {
        let rows: Vec<RequestColumns> = on_db!(self, p => sqlx::query_as(select_requests!(
            "q.kind = 'break_glass' AND ($3 = '' OR q.state = $3) AND ($1 IS NULL OR q.id < $1) ORDER BY q.id DESC LIMIT $2"
        )).bind(before.map(RoleRequestId::uuid)).bind(limit).bind(state.map_or("", RequestState::as_str)).fetch_all(p).await)?;
        Ok(rows.into_iter().filter_map(|row| row.row(Timestamp::now())).collect())
    }

    /// The emergency that the proof is about.
    pub(crate) async fn emergency(&self, access: &EmergencyReview) -> Result<RoleRequestRow, StoreError> {
        self.own_role_request(access.user(), access.request()).await
    }

    /// The request that the proof is about.
    pub(crate) async fn role_request(&self, access: &RoleRequestAccess) -> Result<RoleRequestRow, StoreError> {
        self.own_role_request(access.user(), access.request()).await
    }

    /// Whose emergency it is.
    pub(crate) async fn emergency_subject(&self, request: RoleRequestId) -> Result<Option<UserId>, StoreError> {
        let user: Option<Uuid> = on_db!(self, p => sqlx::query_scalar(
            "SELECT user_id FROM role_requests WHERE id = $1 AND kind = 'break_glass'"
        ).bind(request.uuid()).fetch_optional(p).await)?;
        Ok(user.map(Into::into))
    }

    /// Who asked for which role.
    pub(crate) async fn role_request_subject(
        &self,
        request: RoleRequestId,
    ) -> Result<Option<(UserId, RoleId)>, StoreError> {
        let row: Option<(Uuid, Uuid)> = on_db!(self, p => sqlx::query_as("SELECT user_id, role_id FROM role_requests WHERE id = $1")
            .bind(request.uuid()).fetch_optional(p).await)?;
        Ok(row.map(|(user, role)| (user.into(), role.into())))
    }
}

impl<P: Proof> Writer<'_, P> {
    async fn insert_request(
        &mut self,
        user: UserId,
        (kind, state): (RequestKind, RequestState),
        reason: &str,
        (minutes, valid): (i64, Duration),
    ) -> Result<RoleRequestId, StoreError> {
        let id = RoleRequestId::new();
        execute!(
            self.tx,
            "INSERT INTO role_requests (id, user_id, role_id, kind, reason, minutes, state, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id.uuid(),
            user.uuid(),
            Role::Administrator.id().uuid(),
            kind.as_str(),
            reason,
            minutes,
            state.as_str(),
            self.now,
            self.now.plus(valid)
        )?;
        self.set_target(Target::RoleRequest(id));
        self.detail("minutes", Json::Integer(minutes));
        self.personal("reason", reason);
        Ok(id)
    }
}

impl Writer<'_, OwnAccess> {
    /// Asks for the administrator's role.
    ///
    /// # Errors
    /// [`StoreError::Exists`] while another request of the person waits.
    pub async fn request_role(&mut self, reason: &str, minutes: i64) -> Result<RoleRequestId, StoreError> {
        let user = self.proof.user();
        execute!(
            self.tx,
            "UPDATE role_requests SET state = 'expired' WHERE user_id = $1 AND state = 'pending' AND expires_at <= $2",
            user.uuid(),
            self.now
        )?;
        self.insert_request(user, (RequestKind::Request, RequestState::Pending), reason, (minutes, WAITS)).await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when it is not the person's, or is over.
    pub async fn withdraw_role_request(&mut self, request: RoleRequestId) -> Result<(), StoreError> {
        self.set_target(Target::RoleRequest(request));
        let user = self.proof.user();
        let done = execute!(
            self.tx,
            "UPDATE role_requests SET state = 'withdrawn', decided_at = $1 WHERE id = $2 AND user_id = $3 AND state = 'pending'",
            self.now,
            request.uuid(),
            user.uuid()
        )?;
        if done == 1 {
            return Ok(());
        }
        // An emergency of one's own ends before its time; it is reviewed all the same.
        self.lock_person(user).await?;
        let given_up = execute!(
            self.tx,
            "DELETE FROM role_members WHERE user_id = $1 AND break_glass = $2",
            user.uuid(),
            request.to_string()
        )?;
        if given_up != 1 || self.end_emergencies_of(user).await? != 1 {
            return Err(StoreError::NotFound);
        }
        self.note_revocation().await
    }
}

impl Writer<'_, SystemAccess<UseBreakGlass>> {
    /// Makes the person administrator at once, and tells every administrator and whoever reads the log. The session stays elevated:
    /// it is an emergency, and the second factor was shown just now.
    pub async fn break_glass(&mut self, reason: &str, minutes: i64) -> Result<RoleRequestId, StoreError> {
        let user = self.acting_user().ok_or(StoreError::NotFound)?;
        self.lock_person(user).await?;
        let valid = Duration::minutes(minutes);
        let kind = (RequestKind::BreakGlass, RequestState::Approved);
        let id = self.insert_request(user, kind, reason, (minutes, valid)).await?;
        let told = self.who_hears_of_emergencies(user).await?;
        for person in told {
            self.notify(person, NoticeKind::BreakGlassUsed).await?;
        }
        let before = self.policy_of(user).await?;
        self.give_role(user, Role::Administrator.id(), Some(valid)).await?;
        execute!(
            self.tx,
            "UPDATE role_members SET break_glass = $1 WHERE user_id = $2 AND role_id = $3",
            id.to_string(),
            user.uuid(),
            Role::Administrator.id().uuid()
        )?;
        self.hold_to_rules(user, before).await?;
        self.note_revocation().await?;
        Ok(id)
    }
}

impl<P: Proof> Writer<'_, P> {
    /// The person is administrator by an emergency no more. How many there were.
    pub(super) async fn end_emergencies_of(&mut self, user: UserId) -> Result<u64, StoreError> {
        Ok(execute!(
            self.tx,
            "UPDATE role_requests SET expires_at = $1
             WHERE user_id = $2 AND kind = 'break_glass' AND state = 'approved' AND expires_at > $1",
            self.now,
            user.uuid()
        )?)
    }

    /// Active administrators, and whoever reads the log; not `user`.
    async fn who_hears_of_emergencies(&mut self, user: UserId) -> Result<Vec<UserId>, StoreError> {
        let members: Vec<(Uuid, String)> = on_tx!(self.tx, c => sqlx::query_as(
            "SELECT m.user_id, COALESCE(r.code, r.permissions) FROM role_members m JOIN roles r ON r.id = m.role_id JOIN users u ON u.id = m.user_id
             WHERE (m.expires_at IS NULL OR m.expires_at > $1) AND u.state = 'active' AND u.kind = 'person' AND m.user_id <> $2 ORDER BY m.user_id"
        ).bind(self.now).bind(user.uuid()).fetch_all(c).await)?;
        let mut told: Vec<UserId> = members
            .into_iter()
            .filter(|(_, words)| {
                let permissions = Rights::from_words(words).permissions;
                permissions.contain(Permission::LogRead) || permissions.contain_all(Role::Administrator.permissions())
            })
            .map(|(id, _)| id.into())
            .collect();
        told.dedup();
        Ok(told)
    }
}

impl Writer<'_, RoleRequestAccess> {
    /// Gives the role for the time that was asked for.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the request does not wait any more, or whoever asked is not active.
    pub async fn approve_request(&mut self) -> Result<(), StoreError> {
        let (request, user, role) = (self.proof.request(), self.proof.user(), self.proof.role());
        self.lock_person(user).await?;
        let minutes: Option<i64> = on_tx!(self.tx, c => sqlx::query_scalar(
            "SELECT q.minutes FROM role_requests q JOIN users u ON u.id = q.user_id WHERE q.id = $1 AND u.state = 'active' AND u.kind = 'person'"
        ).bind(request.uuid()).fetch_optional(c).await)?;
        let valid = Duration::minutes(minutes.ok_or(StoreError::NotFound)?);
        self.decide(RequestState::Approved, Some(valid)).await?;
        let before = self.policy_of(user).await?;
        self.give_role(user, role, Some(valid)).await?;
        self.detail("user", user.to_string());
        self.roles_changed(user, before).await
    }

    /// # Errors
    /// [`StoreError::NotFound`] when the request does not wait any more.
    pub async fn deny_request(&mut self) -> Result<(), StoreError> {
        self.decide(RequestState::Denied, None).await
    }

    /// Only what waits and did not expire is decided on. That nobody decides on their own is also a rule of the table (T-35).
    async fn decide(&mut self, state: RequestState, valid: Option<Duration>) -> Result<(), StoreError> {
        let (request, by) = (self.proof.request(), self.acting_user());
        let done = execute!(
            self.tx,
            "UPDATE role_requests SET state = $1, decided_at = $2, decided_by = $3, expires_at = COALESCE($4, expires_at)
             WHERE id = $5 AND state = 'pending' AND expires_at > $2 AND user_id <> $3",
            state.as_str(),
            self.now,
            by.map(UserId::uuid),
            valid.map(|valid| self.now.plus(valid)),
            request.uuid()
        )?;
        if done == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }
}

impl Writer<'_, EmergencyReview> {
    /// Closes an emergency that is over.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was none, is closed, or goes on.
    pub async fn review_break_glass(&mut self) -> Result<(), StoreError> {
        let (request, by) = (self.proof.request(), self.acting_user());
        let done = execute!(
            self.tx,
            "UPDATE role_requests SET state = 'reviewed', decided_at = $1, decided_by = $2
             WHERE id = $3 AND kind = 'break_glass' AND state = 'approved' AND expires_at <= $1 AND user_id <> $2",
            self.now,
            by.map(UserId::uuid),
            request.uuid()
        )?;
        if done == 1 { Ok(()) } else { Err(StoreError::NotFound) }
    }
}
