//! The way to change rows: a [`Writer`] inside [`Store::audited`], where the change and its entry in the log commit together.

use carrel_audit_log::json::{Json, Members};
use carrel_ids::EntryId;

use super::{
    Store, StoreError, Timestamp,
    connect::{Tx, execute},
    signals::Committed,
};
use crate::{
    audit::{Action, Outcome, entry::Entry},
    authz::{Actor, Proof, SystemTask, Target},
    mail::Letterhead,
};

/// The only thing that has methods which change rows. `proof` says who acts and on what.
pub struct Writer<'t, P> {
    pub(super) tx: &'t mut Tx,
    pub(super) proof: &'t P,
    pub(super) now: Timestamp,
    entry: EntryId,
    target: Target,
    outcome: Outcome,
    details: Members,
    personal: Members,
    /// The number of revocations, when this transaction is one.
    pub(super) revoked: Option<i64>,
    /// None where no mail is sent.
    pub(super) letterhead: Option<&'t Letterhead>,
    /// Mails that were queued.
    pub(super) mails: u32,
    /// Bytes that a space may hold which has no quota of its own; none where there is no such limit.
    pub(super) default_quota: Option<i64>,
}

impl<P> std::fmt::Debug for Writer<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("target", &self.target).finish_non_exhaustive()
    }
}

impl<P> Writer<'_, P> {
    /// Adds to the entry: identifiers, sizes, hashes. Never a name, a path or an address: those are personal.
    pub fn detail(&mut self, key: &'static str, value: impl Into<Json>) {
        self.details.insert(key.to_owned(), value.into());
    }
    /// Adds to the entry what can be erased later: names, paths, reasons.
    pub fn personal(&mut self, key: &'static str, value: impl Into<Json>) {
        self.personal.insert(key.to_owned(), value.into());
    }
    /// The act made or ended this thing; the proof names what it was done to otherwise.
    pub(super) fn set_target(&mut self, target: Target) {
        self.target = target;
    }
    /// The person who acts, if one does.
    pub(super) fn acting_user(&self) -> Option<carrel_ids::UserId>
    where
        P: Proof,
    {
        self.proof.actor().user()
    }
    /// The act did not end well, and that is what the log is to say.
    pub fn set_outcome(&mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
    /// The identifier that the act's entry will have.
    #[must_use]
    pub fn entry(&self) -> EntryId {
        self.entry
    }
    /// One moment for the whole transaction.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

impl Store {
    /// Runs `change` and writes the entry of `action`, in one transaction: no change without an entry, no entry for a change
    /// that failed. When this returns, both are on the disk. Dropped before that, it left nothing or all of it.
    ///
    /// On SQLite acts that come at once share a transaction; what another act of it did is seen, and is kept or lost together with this
    /// one. `change` must not begin another act: nobody else can go on before it ends.
    ///
    /// # Errors
    /// Those of `change`, and [`StoreError`] when the entry or the commit fails; nothing is changed then.
    pub async fn audited<P: Proof, T, E: From<StoreError>>(
        &self,
        proof: &P,
        action: Action,
        change: impl AsyncFnOnce(&mut Writer<'_, P>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut tx = self.begin().await?;
        let mut writer = Writer {
            tx: &mut tx,
            proof,
            now: Timestamp::now(),
            entry: EntryId::new(),
            target: proof.target(),
            outcome: Outcome::Ok,
            details: Members::new(),
            personal: Members::new(),
            revoked: None,
            letterhead: self.inner.letterhead.get(),
            mails: 0,
            default_quota: self.default_quota(),
        };
        let out = match within_act(change(&mut writer)).await {
            Ok(out) => out,
            Err(error) => {
                tx.give_up().await?;
                return Err(error);
            }
        };
        let Writer { now, entry: id, target, outcome, details, personal, revoked, mails, .. } = writer;
        let entry = Entry {
            id,
            at: now,
            node: &self.inner.node,
            action,
            outcome,
            actor: proof.actor(),
            target,
            space: proof.space(),
            details,
            personal,
        };
        self.insert_entry(&mut tx, entry).await?;
        self.commit(tx, Committed { sealable: true, revoked, mails: mails > 0 }).await?;
        Ok(out)
    }

    /// Writes that `actor` was refused. Called by `authz` and by sign-in, which are the only places that know.
    pub(crate) async fn record_denial(
        &self,
        actor: &Actor,
        action: Action,
        target: Target,
        asked: &'static str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let details = Members::from([("asked".to_owned(), asked.into())]);
        let entry = Entry {
            id: EntryId::new(),
            at: Timestamp::now(),
            node: &self.inner.node,
            action,
            outcome: Outcome::Denied,
            actor,
            target,
            space: None,
            details,
            personal: Members::new(),
        };
        self.insert_entry(&mut tx, entry).await?;
        self.commit(tx, Committed::ENTRY).await
    }

    /// An entry without a change, for what the program only observes.
    ///
    /// # Errors
    /// [`StoreError`] when the entry cannot be written.
    pub(crate) async fn record(&self, task: &SystemTask, action: Action) -> Result<(), StoreError> {
        self.audited(task, action, async |_| Ok::<_, StoreError>(())).await
    }

    async fn insert_entry(&self, tx: &mut Tx, entry: Entry<'_>) -> Result<(), StoreError> {
        let at = entry.at;
        let class: i16 = match entry.action.class() {
            crate::audit::Class::Normal => 0,
            crate::audit::Class::Critical => 1,
        };
        let leaf = entry.leaf(self.keep_personal(tx, &entry).await?)?;
        execute!(
            tx,
            "INSERT INTO audit_outbox (id, leaf, class, born) VALUES ($1, $2, $3, $4)",
            entry.id.uuid(),
            leaf,
            class,
            at
        )?;
        Ok(())
    }
}

#[cfg(debug_assertions)]
tokio::task_local! {
    static IN_ACT: ();
}

/// In debug builds an act inside an act is found at once; elsewhere it would wait for itself.
async fn within_act<T>(change: impl Future<Output = T>) -> T {
    #[cfg(debug_assertions)]
    return IN_ACT.scope((), change).await;
    #[cfg(not(debug_assertions))]
    change.await
}

pub(super) fn assert_outside_acts() {
    #[cfg(debug_assertions)]
    assert!(IN_ACT.try_with(|()| ()).is_err(), "an act began a transaction inside its own");
}
