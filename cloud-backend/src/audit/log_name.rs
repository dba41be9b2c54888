//! The log's name in its checkpoints and the epoch at its end: `<host>/audit/<epoch>`.

/// A log's origin and epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogName {
    origin: String,
    epoch: i64,
}

impl LogName {
    /// An origin that does not end in a number is of the first epoch.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        let epoch = origin.rsplit('/').next().and_then(|last| last.parse().ok()).filter(|epoch| *epoch > 0);
        Self { origin: origin.to_owned(), epoch: epoch.unwrap_or(1) }
    }
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }
    #[must_use]
    pub fn epoch(&self) -> i64 {
        self.epoch
    }
}
