//! Takes mails out of the outbox and hands them to the mail service, again and again until it takes them or a day is over. Any number
//! of replicas do so side by side.

use std::time::Duration;

use super::Mailer;
use crate::{
    audit::{Action, Outcome},
    authz::{SystemTask, Target},
    store::{QueuedMail, Store, StoreError},
};

/// Between two looks; a mail that this process queued is looked for at once.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// After that nobody needs to be told any more.
const GIVE_UP_AFTER: time::Duration = time::Duration::hours(24);

/// Sends what is due; runs until it is dropped.
pub(crate) async fn run(store: &Store, mailer: &Mailer) {
    loop {
        if let Err(error) = deliver_due(store, mailer).await {
            tracing::warn!(%error, "the outbox cannot be read");
        }
        drop(tokio::time::timeout(LOOK_EVERY, store.mail_queued()).await);
    }
}

/// One round over what is due; how many were sent.
///
/// # Errors
/// [`StoreError`] when the database fails.
pub async fn deliver_due(store: &Store, mailer: &Mailer) -> Result<usize, StoreError> {
    let mut sent = 0;
    while let Some(mail) = store.claim_mail().await? {
        if deliver(store, mailer, &mail).await? {
            sent += 1;
        }
    }
    Ok(sent)
}

async fn deliver(store: &Store, mailer: &Mailer, mail: &QueuedMail) -> Result<bool, StoreError> {
    let task = SystemTask::on(Target::Instance);
    match mailer.send(mail.id, &mail.recipient, &mail.subject, &mail.body).await {
        Ok(()) => {
            store.audited(&task, Action::MailSendResult, async |w| w.end_mail(mail).await).await?;
            Ok(true)
        }
        Err(error) => {
            let class = error.class();
            if mail.waited() < GIVE_UP_AFTER {
                tracing::info!(mail = %mail.id, tries = mail.tries, class, "a mail has to wait");
                store.note_failed_mail(mail, &class).await?;
            } else {
                tracing::warn!(mail = %mail.id, tries = mail.tries, class, "a mail was given up after a day");
                let ended = store.audited(&task, Action::MailSendResult, async |w| {
                    w.set_outcome(Outcome::Error);
                    w.detail("cause", class.as_str());
                    w.end_mail(mail).await
                });
                ended.await?;
            }
            Ok(false)
        }
    }
}
