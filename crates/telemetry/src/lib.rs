//! Logging set-up that every service shares: one subscriber per process, on standard error.
//!
//! It must not know what a service logs, and it reads no environment: the program passes the filter and the format.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod line;

use std::io::IsTerminal as _;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::line::Named;

/// How a log line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// One line for people: time, level, service, message, fields.
    #[default]
    Human,
    /// One JSON object per line for a log collector; its first field is `service`.
    Json,
}

impl FromStr for Format {
    type Err = TelemetryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            other => Err(TelemetryError::Format(other.to_owned())),
        }
    }
}

/// Why logging could not be set up.
#[derive(Debug, PartialEq, Eq)]
pub enum TelemetryError {
    /// The format is neither `human` nor `json`.
    Format(String),
    /// The filter is not a list of directives such as `info,carrel_runner=debug`.
    Filter(String),
    /// A subscriber is already installed in this process.
    AlreadySet,
}

impl std::fmt::Display for TelemetryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Format(text) => {
                write!(f, "log format {text:?} is neither \"human\" nor \"json\"")
            }
            Self::Filter(text) => write!(f, "log filter {text:?} is not a list of directives"),
            Self::AlreadySet => f.write_str("logging is already set up in this process"),
        }
    }
}

impl std::error::Error for TelemetryError {}

/// Sets up logging for this process: lines go to standard error, so that standard output stays for answers.
///
/// `service` stands in every line; `filter` is a list of directives as `tracing` writes them (`info,carrel_runner=debug`).
///
/// # Errors
/// When the filter does not parse, or when this process has a subscriber already.
pub fn init(service: &'static str, filter: &str, format: Format) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(filter).map_err(|_| TelemetryError::Filter(filter.to_owned()))?;
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match format {
        Format::Human => registry
            .with(layer.with_ansi(std::io::stderr().is_terminal()).event_format(Named::human(service)))
            .try_init(),
        Format::Json => registry
            .with(
                layer
                    .with_ansi(false)
                    .fmt_fields(tracing_subscriber::fmt::format::JsonFields::new())
                    .event_format(Named::json(service)),
            )
            .try_init(),
    }
    .map_err(|_| TelemetryError::AlreadySet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_exactly() {
        assert_eq!("human".parse(), Ok(Format::Human));
        assert_eq!("json".parse(), Ok(Format::Json));
        assert_eq!("JSON".parse::<Format>(), Err(TelemetryError::Format("JSON".into())));
    }

    #[test]
    fn a_broken_filter_is_named_in_the_error() {
        assert_eq!(init("test", "carrel=loud", Format::Human), Err(TelemetryError::Filter("carrel=loud".into())));
    }

    #[test]
    fn a_second_subscriber_is_refused() {
        init("test", "off", Format::Json).unwrap();
        assert_eq!(init("test", "off", Format::Json), Err(TelemetryError::AlreadySet));
    }
}
