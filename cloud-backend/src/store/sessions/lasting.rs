//! How long sessions last: one that was to stay is an ordinary one as soon as a role of its person asks for a second factor.

use carrel_ids::UserId;
use time::Duration;
use uuid::Uuid;

use crate::{
    session::lifetimes,
    store::{
        StoreError, Timestamp, Writer,
        connect::{execute, on_tx},
    },
};

/// How long the parts of a session last.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    pub access: Duration,
    pub idle: Duration,
    pub absolute: Duration,
    /// How long a sign-in counts as fresh.
    pub confirmed: Duration,
}

/// Whether a role asks the person of session `s` for a second factor; `$1` is the moment.
macro_rules! asked_for_factor {
    () => {
        "EXISTS (SELECT 1 FROM role_members m JOIN roles r ON r.id = m.role_id
                 WHERE m.user_id = s.user_id AND r.second_factor <> 'none' AND (m.expires_at IS NULL OR m.expires_at > $1))"
    };
}
pub(in crate::store) use asked_for_factor;

/// When a session began and was used last, and how long it goes on at most.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(in crate::store) struct Lasting {
    pub(in crate::store) created_at: Timestamp,
    pub(in crate::store) last_seen_at: Timestamp,
    pub(in crate::store) expires_at: Timestamp,
}

impl Lasting {
    /// Its end in any case and its end without use, if it stays or if it is an ordinary one. Never later than was said at first.
    pub(in crate::store) fn ends(self, stay: bool) -> (Timestamp, Timestamp) {
        let lasting = lifetimes::of(stay);
        let absolute = self.expires_at.min(self.created_at.plus(lasting.absolute));
        (absolute, self.last_seen_at.plus(lasting.idle).min(absolute))
    }
}

impl<P> Writer<'_, P> {
    /// After roles were given to this person, or a rule changed for everybody: sessions that were to stay end like ordinary ones, and
    /// are over if those would be. What is missed because it begins in this very moment is found when it is renewed.
    pub(in crate::store) async fn shorten_sessions(&mut self, of: Option<UserId>) -> Result<(), StoreError> {
        let long: Vec<(Uuid, Timestamp, Timestamp, Timestamp)> = on_tx!(self.tx, c => sqlx::query_as(concat!(
            "SELECT s.id, s.created_at, s.last_seen_at, s.expires_at FROM sessions s
             WHERE s.stay AND s.ended_at IS NULL AND s.expires_at > $1 AND ($2 IS NULL OR s.user_id = $2) AND ",
            asked_for_factor!()
        )).bind(self.now).bind(of.map(UserId::uuid)).fetch_all(c).await)?;
        for (id, created_at, last_seen_at, expires_at) in long {
            let (absolute, idle) = Lasting { created_at, last_seen_at, expires_at }.ends(false);
            execute!(
                self.tx,
                "UPDATE sessions SET stay = $1, expires_at = $2, idle_until = $3 WHERE id = $4",
                false,
                absolute,
                idle,
                id
            )?;
        }
        Ok(())
    }
}
