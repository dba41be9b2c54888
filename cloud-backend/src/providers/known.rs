//! What is known of each provider: its addresses and its keys, asked for rarely however many ask here (T-18). Each process keeps its
//! own: it can only make the asking rarer.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use carrel_ids::ProviderId;
use openidconnect::{
    AdditionalProviderMetadata, IssuerUrl, ProviderMetadata,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
        CoreSubjectIdentifierType,
    },
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// So long is it believed without a question.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// So long is it used when the provider does not answer.
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
/// Nobody makes this program ask more often, neither with keys that nobody knows nor while the provider is away.
const ASK_EVERY: Duration = Duration::from_secs(60);
/// While nothing is known yet, somebody waits in front of the screen.
const FIRST_EVERY: Duration = Duration::from_secs(5);

/// What the provider says of itself besides what every provider says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct MoreMetadata {
    /// RFC 9207: its answers name it.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for MoreMetadata {}

pub(crate) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The provider does not say what it must; the reason is for the operator's log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the provider of identities cannot be asked: {0}")]
pub(crate) struct Unreachable(pub(super) String);

/// What is known of all providers.
#[derive(Debug)]
pub(crate) struct Known<T = Metadata> {
    entries: Mutex<HashMap<ProviderId, Arc<Mutex<Entry<T>>>>>,
}

#[derive(Debug)]
struct Entry<T> {
    value: Option<(Arc<T>, Instant)>,
    asked_at: Option<Instant>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { entries: Mutex::default() }
    }
}

impl<T> Known<T> {
    /// What is known, asked for when it is not or no longer. One asks, the others wait for the answer.
    pub(super) async fn get(
        &self,
        provider: ProviderId,
        now: Instant,
        ask: impl AsyncFnOnce() -> Result<T, Unreachable>,
    ) -> Result<Arc<T>, Unreachable> {
        let entry = self.entry(provider).await;
        let mut entry = entry.lock().await;
        let old = entry.usable(now);
        let wait = if old.is_some() { ASK_EVERY } else { FIRST_EVERY };
        match old {
            Some((value, age)) if age < FRESH || entry.asked_within(wait, now) => Ok(value),
            old => entry.ask(old.map(|(value, _)| value), wait, now, ask).await,
        }
    }

    /// Something newer than `old`, which was not enough; `old` itself when the provider was asked a moment ago.
    pub(super) async fn newer(
        &self,
        provider: ProviderId,
        old: &Arc<T>,
        now: Instant,
        ask: impl AsyncFnOnce() -> Result<T, Unreachable>,
    ) -> Result<Arc<T>, Unreachable> {
        let entry = self.entry(provider).await;
        let mut entry = entry.lock().await;
        match &entry.value {
            // Somebody else has asked meanwhile.
            Some((value, _)) if !Arc::ptr_eq(value, old) => Ok(value.clone()),
            _ => entry.ask(Some(old.clone()), ASK_EVERY, now, ask).await,
        }
    }

    /// What was known of a provider that was changed or deleted.
    pub(super) async fn forget(&self, provider: ProviderId) {
        self.entries.lock().await.remove(&provider);
    }

    async fn entry(&self, provider: ProviderId) -> Arc<Mutex<Entry<T>>> {
        let mut entries = self.entries.lock().await;
        entries.entry(provider).or_insert_with(|| Arc::new(Mutex::new(Entry { value: None, asked_at: None }))).clone()
    }
}

impl<T> Entry<T> {
    fn usable(&self, now: Instant) -> Option<(Arc<T>, Duration)> {
        let (value, at) = self.value.as_ref()?;
        let age = now.saturating_duration_since(*at);
        (age < USABLE).then(|| (value.clone(), age))
    }

    fn asked_within(&self, time: Duration, now: Instant) -> bool {
        self.asked_at.is_some_and(|at| now.saturating_duration_since(at) < time)
    }

    async fn ask(
        &mut self,
        old: Option<Arc<T>>,
        wait: Duration,
        now: Instant,
        ask: impl AsyncFnOnce() -> Result<T, Unreachable>,
    ) -> Result<Arc<T>, Unreachable> {
        if self.asked_within(wait, now) {
            return old.ok_or_else(|| Unreachable("it did not answer a moment ago".to_owned()));
        }
        self.asked_at = Some(now);
        match ask().await {
            Ok(value) => {
                let value = Arc::new(value);
                self.value = Some((value.clone(), now));
                Ok(value)
            }
            Err(error) => old.ok_or(error),
        }
    }
}

/// Asks the provider for its addresses and keys.
pub(super) async fn discover(outgoing: &carrel_outgoing::Outgoing, issuer: &str) -> Result<Metadata, Unreachable> {
    let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| Unreachable(error.to_string()))?;
    let metadata = Metadata::discover_async(url, &super::http::closure(outgoing)).await;
    let metadata = metadata.map_err(|error| Unreachable(super::http::chain(&error)))?;
    // A browser is sent there: it must be a place to which this program would go itself.
    outgoing
        .check(metadata.authorization_endpoint().url())
        .map_err(|refusal| Unreachable(format!("its address for signing in is not allowed: {refusal}")))?;
    Ok(metadata)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Asks for a number that is another one each time, or for nothing while the provider is down.
    struct Provider {
        known: Known<u32>,
        id: ProviderId,
        start: Instant,
        asked: Cell<u32>,
        down: Cell<bool>,
    }

    impl Provider {
        fn new() -> Self {
            Self {
                known: Known::default(),
                id: ProviderId::new(),
                start: Instant::now(),
                asked: Cell::new(0),
                down: Cell::new(false),
            }
        }
        fn ask(&self) -> Result<u32, Unreachable> {
            self.asked.set(self.asked.get() + 1);
            if self.down.get() { Err(Unreachable("down".to_owned())) } else { Ok(self.asked.get()) }
        }
        async fn get(&self, after: Duration) -> Result<Arc<u32>, Unreachable> {
            self.known.get(self.id, self.start + after, async || self.ask()).await
        }
        async fn newer(&self, old: &Arc<u32>, after: Duration) -> Arc<u32> {
            self.known.newer(self.id, old, self.start + after, async || self.ask()).await.unwrap()
        }
    }

    #[tokio::test]
    async fn t_018_what_is_known_is_believed_for_an_hour() {
        let provider = Provider::new();
        for minute in 0..60 {
            assert_eq!(*provider.get(minute * MINUTE).await.unwrap(), 1);
        }
        assert_eq!(*provider.get(60 * MINUTE).await.unwrap(), 2);
        assert_eq!(provider.asked.get(), 2);
    }

    #[tokio::test]
    async fn t_018_ten_thousand_unknown_keys_ask_once_a_minute() {
        let provider = Provider::new();
        let mut value = provider.get(Duration::ZERO).await.unwrap();
        for number in 0..10_000 {
            value = provider.newer(&value, Duration::from_millis(number * 30)).await;
        }
        // Five minutes: the first question, and one at the end of each of four.
        assert_eq!(provider.asked.get(), 5);
    }

    #[tokio::test]
    async fn t_018_who_comes_with_old_keys_gets_the_new_ones_without_a_question() {
        let provider = Provider::new();
        let old = provider.get(Duration::ZERO).await.unwrap();
        let all = (0..50).map(|_| provider.newer(&old, 2 * MINUTE));
        let values = futures_util::future::join_all(all).await;
        assert!(values.iter().all(|value| **value == 2), "{values:?}");
        assert_eq!(provider.asked.get(), 2);
    }

    #[tokio::test]
    async fn t_018_while_the_provider_is_away_the_old_keys_hold_for_a_day() {
        let provider = Provider::new();
        provider.get(Duration::ZERO).await.unwrap();
        provider.down.set(true);
        for second in 0..600 {
            assert_eq!(*provider.get(61 * MINUTE + Duration::from_secs(second)).await.unwrap(), 1);
        }
        assert_eq!(provider.asked.get(), 1 + 10);
        assert_eq!(*provider.get(24 * 60 * MINUTE - MINUTE).await.unwrap(), 1);
        provider.get(24 * 60 * MINUTE).await.unwrap_err();
        provider.down.set(false);
        provider.get(24 * 60 * MINUTE + 2 * MINUTE).await.unwrap();
    }

    #[tokio::test]
    async fn t_019_a_provider_that_never_answered_is_asked_again_soon_but_not_by_everybody() {
        let provider = Provider::new();
        provider.down.set(true);
        for tenth in 0..100 {
            provider.get(tenth * Duration::from_millis(100)).await.unwrap_err();
        }
        assert_eq!(provider.asked.get(), 2);
    }
}
