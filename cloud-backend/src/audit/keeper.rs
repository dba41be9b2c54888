//! Keeps the log while the program runs: seals within 250 ms, has it signed every 100 entries or minute, yet at most four times a
//! second, beats its heart each hour, and remembers how that went for the health page.

use std::{path::Path, sync::Mutex, time::Duration};

use carrel_signer::client::SignerClient;
use tokio::{
    sync::RwLock,
    time::{Instant, MissedTickBehavior, interval, sleep},
};

use super::{Action, LogName, SealError, Sealer};
use crate::{
    authz::{SystemTask, Target},
    store::Store,
};

/// Entries of other processes wait at most so long.
const SEAL_EVERY: Duration = Duration::from_millis(250);
/// After a commit others follow: waiting a moment seals them together.
const GATHER: Duration = Duration::from_millis(20);
/// … and longer while many come: a batch costs about the same, however many entries it has.
const GATHER_MANY: Duration = Duration::from_millis(100);
const MANY: u64 = 10;
const SIGN_EVERY: Duration = Duration::from_secs(60);
const SIGN_ENTRIES: u64 = 100;
/// A signature waits for the signer's disk; while thousands of entries come in a second, one covers many hundreds of them.
const SIGN_APART: Duration = Duration::from_millis(250);
/// How long a signer that failed is left alone.
const RETRY: Duration = Duration::from_secs(2);
const HEARTBEAT: Duration = Duration::from_secs(3600);

/// How the log fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogState {
    /// Sealed and signed.
    Fine,
    /// Sealed, but the signer does not sign; the reason.
    Unsigned(String),
    /// Not sealed any more; the reason.
    Stopped(String),
}

/// The log of the running program.
#[derive(Debug)]
pub struct LogKeeper {
    sealer: Sealer,
    verification_key: RwLock<Option<String>>,
    state: Mutex<LogState>,
}

impl LogKeeper {
    #[must_use]
    pub fn new(store: &Store, name: LogName, signer_socket: Option<&Path>) -> Self {
        Self {
            sealer: Sealer::new(store.clone(), name, signer_socket.map(SignerClient::connect)),
            verification_key: RwLock::default(),
            state: Mutex::new(LogState::Unsigned("the signer was not asked yet".to_owned())),
        }
    }
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }
    /// The key in the form that a verifier pins.
    pub async fn verification_key(&self) -> Option<String> {
        self.verification_key.read().await.clone()
    }
    #[must_use]
    pub fn state(&self) -> LogState {
        self.state.lock().map_or_else(|poisoned| poisoned.into_inner().clone(), |state| state.clone())
    }

    fn set_state(&self, state: LogState) {
        let mut known = match self.state.lock() {
            Ok(known) => known,
            Err(poisoned) => poisoned.into_inner(),
        };
        if *known != state {
            match &state {
                LogState::Fine => tracing::info!("the log is sealed and signed"),
                LogState::Unsigned(reason) => tracing::warn!(reason, "the log is not signed"),
                LogState::Stopped(reason) => tracing::error!(reason, "the log is not sealed"),
            }
            *known = state;
        }
    }

    /// Runs until it is dropped. What waits from before is sealed at once.
    pub async fn run(&self) {
        let (mut seal, mut heartbeat) = (interval(SEAL_EVERY), interval(HEARTBEAT));
        seal.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut turn =
            Turn { checked: false, signed_at: Instant::now(), owed: false, retry_at: Instant::now(), gather: GATHER };
        loop {
            tokio::select! {
                _ = seal.tick() => {}
                () = self.sealer.store().sealable() => sleep(turn.gather).await,
                _ = heartbeat.tick() => {
                    let task = SystemTask::on(Target::Log);
                    if let Err(error) = self.sealer.store().record(&task, Action::LogHeartbeat).await {
                        tracing::warn!(%error, "the log's heartbeat could not be written");
                    }
                }
            }
            self.turn(&mut turn).await;
        }
    }

    async fn turn(&self, turn: &mut Turn) {
        if !turn.checked && turn.retry_at <= Instant::now() {
            // T-81: a database that was rolled back must not be continued, so the signer is asked before the first seal.
            match self.sealer.check().await {
                Ok(()) => {
                    turn.checked = true;
                    self.learn_key().await;
                    self.set_state(LogState::Fine);
                }
                // Without a signer entries are sealed on: what does not fit shows when it answers.
                Err(error @ (SealError::NoSigner | SealError::Signer(_) | SealError::Outrun)) => {
                    self.failed(&error, turn)
                }
                Err(error) => return self.failed(&error, turn),
            }
        }
        let sealed = match self.sealer.seal().await {
            Ok(sealed) => sealed,
            Err(error) => return self.failed(&error, turn),
        };
        turn.gather = if sealed > MANY { GATHER_MANY } else { GATHER };
        let since = turn.signed_at.elapsed();
        let nothing_new = sealed == 0 && !turn.owed && since < SIGN_EVERY;
        if !turn.checked || turn.retry_at > Instant::now() || nothing_new {
            return;
        }
        match self.sealer.unsigned().await {
            Ok((0, _)) => (turn.signed_at, turn.owed) = (Instant::now(), false),
            Ok((unsigned, _)) if unsigned < SIGN_ENTRIES && since < SIGN_EVERY => turn.owed = false,
            Ok(_) if since < SIGN_APART => turn.owed = true,
            Ok(_) => match self.sealer.cover().await {
                Ok(_) => {
                    (turn.signed_at, turn.owed) = (Instant::now(), false);
                    self.set_state(LogState::Fine);
                }
                Err(error) => self.failed(&error, turn),
            },
            Err(error) => self.failed(&error, turn),
        }
    }

    async fn learn_key(&self) {
        let Some(signer) = self.sealer.signer() else { return };
        match signer.verification_key().await {
            Ok(key) => *self.verification_key.write().await = Some(key.to_string()),
            Err(error) => tracing::warn!(%error, "the signer did not tell its key"),
        }
    }

    fn failed(&self, error: &SealError, turn: &mut Turn) {
        turn.retry_at = Instant::now() + RETRY;
        let reason = error.to_string();
        self.set_state(match error {
            SealError::Store(_) | SealError::Contradiction { .. } => LogState::Stopped(reason),
            SealError::NoSigner | SealError::Signer(_) | SealError::Outrun => LogState::Unsigned(reason),
        });
    }
}

/// What one turn leaves for the next.
struct Turn {
    /// The signer has confirmed that the database extends what it has signed.
    checked: bool,
    signed_at: Instant,
    /// Enough entries for a signature wait, and it was too early for one.
    owed: bool,
    /// How long entries are gathered before a batch is sealed.
    gather: Duration,
    /// The signer is not asked before.
    retry_at: Instant,
}
