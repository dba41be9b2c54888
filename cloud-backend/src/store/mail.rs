//! The outbox: mails that wait until the mail service takes them. A mail is queued in the transaction of the act that it tells of, so
//! neither is there without the other.

use carrel_ids::MailId;
use time::Duration;
use uuid::Uuid;

use super::{
    Store, StoreError, Timestamp, Writer,
    connect::{execute, on_db},
};
use crate::{
    authz::SystemTask,
    mail::{Letter, Letterhead},
};

const FIRST_WAIT: Duration = Duration::minutes(1);
const LONGEST_WAIT: Duration = Duration::hours(6);

/// A mail that one sender has taken upon itself, until its next try is due.
#[derive(Debug)]
pub(crate) struct QueuedMail {
    pub(crate) id: MailId,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// With this one.
    pub(crate) tries: i64,
    /// The entry of the act that it tells of.
    entry: Uuid,
    created_at: Timestamp,
}

impl QueuedMail {
    pub(crate) fn waited(&self) -> Duration {
        Timestamp::now().time() - self.created_at.time()
    }
}

#[derive(sqlx::FromRow)]
struct MailColumns {
    id: Uuid,
    entry_id: Uuid,
    recipient: String,
    subject: String,
    body: String,
    created_at: Timestamp,
    tries: i64,
}

/// How long to wait after so many tries.
fn wait_after(tries: i64) -> Duration {
    let doubled = u32::try_from((tries - 1).clamp(0, 20)).unwrap_or(20);
    (FIRST_WAIT * 2_i32.pow(doubled)).min(LONGEST_WAIT)
}

impl Store {
    /// From here on mails are queued, with links to this instance. Without it none is: nobody would send it.
    pub(crate) fn enable_mail(&self, letterhead: Letterhead) {
        self.inner.letterhead.get_or_init(|| letterhead);
    }

    /// Waits until this process has queued a mail.
    pub(crate) async fn mail_queued(&self) {
        self.inner.signals.mail_queued.notified().await;
    }

    /// The next mail that is due. Nobody else gets it before its next try: that is written down before it is handed out.
    pub(crate) async fn claim_mail(&self) -> Result<Option<QueuedMail>, StoreError> {
        loop {
            let now = Timestamp::now();
            let due: Option<MailColumns> = on_db!(self, p => sqlx::query_as(
                "SELECT id, entry_id, recipient, subject, body, created_at, tries FROM mail_outbox WHERE next_try_at <= $1
                 ORDER BY next_try_at, id LIMIT 1"
            ).bind(now).fetch_optional(p).await)?;
            let Some(due) = due else { return Ok(None) };
            let mut tx = self.begin().await?;
            let tries = due.tries + 1;
            let claimed = execute!(
                &mut tx,
                "UPDATE mail_outbox SET tries = $1, next_try_at = $2 WHERE id = $3 AND tries = $4",
                tries,
                now.plus(wait_after(tries)),
                due.id,
                due.tries
            )?;
            tx.commit().await?;
            if claimed == 1 {
                return Ok(Some(QueuedMail {
                    id: due.id.into(),
                    recipient: due.recipient,
                    subject: due.subject,
                    body: due.body,
                    tries,
                    entry: due.entry_id,
                    created_at: due.created_at,
                }));
            }
            // Another replica was quicker: the next one.
        }
    }

    /// It was not taken this time. Not an act: the outcome is still open.
    pub(crate) async fn note_failed_mail(&self, mail: &QueuedMail, class: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute!(&mut tx, "UPDATE mail_outbox SET last_error = $1 WHERE id = $2", class, mail.id.uuid())?;
        tx.commit().await
    }

    /// Mails that were tried and not taken.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub(crate) async fn mails_that_wait(&self) -> Result<i64, StoreError> {
        Ok(on_db!(self, p => sqlx::query_scalar("SELECT COUNT(*) FROM mail_outbox WHERE last_error IS NOT NULL")
            .fetch_one(p).await)?)
    }
}

impl<P> Writer<'_, P> {
    /// Writes the letters of this instance; none where mail is not configured.
    #[must_use]
    pub fn letterhead(&self) -> Option<&Letterhead> {
        self.letterhead
    }

    /// Queues a mail with this transaction; `false` when mail is not configured or the address is none.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn queue_mail(&mut self, recipient: &str, letter: &Letter) -> Result<bool, StoreError> {
        if self.letterhead.is_none() || recipient.parse::<lettre::Address>().is_err() {
            return Ok(false);
        }
        let entry = self.entry();
        execute!(
            self.tx,
            "INSERT INTO mail_outbox (id, entry_id, recipient, subject, body, created_at, tries, next_try_at)
             VALUES ($1, $2, $3, $4, $5, $6, 0, $6)",
            MailId::new().uuid(),
            entry.uuid(),
            recipient,
            letter.subject(),
            letter.body(),
            self.now
        )?;
        self.mails += 1;
        let mails = self.mails;
        self.detail("mails", mails);
        Ok(true)
    }
}

impl Writer<'_, SystemTask> {
    /// The mail was taken, or is given up: either way nothing of it stays, and no secret that was in it.
    pub(crate) async fn end_mail(&mut self, mail: &QueuedMail) -> Result<(), StoreError> {
        execute!(self.tx, "DELETE FROM mail_outbox WHERE id = $1", mail.id.uuid())?;
        self.detail("mail", mail.id.to_string());
        self.detail("entry", mail.entry.to_string());
        self.detail("tries", u32::try_from(mail.tries).unwrap_or(u32::MAX));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_a_minute_to_six_hours() {
        let minutes: Vec<_> = (1..=11).map(|tries| wait_after(tries).whole_minutes()).collect();
        assert_eq!(minutes, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
        assert_eq!(wait_after(i64::MAX), LONGEST_WAIT);
    }
}
