//! The names of the services, as they enter the derivation of keys.

use std::fmt;

/// A service that signs or verifies requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    Cloud,
    Ide,
    Runner,
}

impl Service {
    /// The name in key derivation and key ids. Changing one invalidates all signatures of that service.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Ide => "ide",
            Self::Runner => "runner",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
