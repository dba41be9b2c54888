//! One log line: what `tracing` writes, with the name of the service in it.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Full, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Formats an event as `F` does and adds the name of the service.
pub(crate) struct Named<F> {
    service: &'static str,
    inner: F,
}

impl Named<Format<Full>> {
    pub(crate) fn human(service: &'static str) -> Self {
        Self { service, inner: Format::default().with_target(false) }
    }
}

impl Named<Format<Json>> {
    pub(crate) fn json(service: &'static str) -> Self {
        Self { service, inner: Format::default().json().flatten_event(true) }
    }
}

impl<S, N> FormatEvent<S, N> for Named<Format<Full>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        write!(writer, "{:<6} ", self.service)?;
        self.inner.format_event(context, writer, event)
    }
}

impl<S, N> FormatEvent<S, N> for Named<Format<Json>>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        // The formatter has no constant fields; the object it writes always begins with a brace and has a field.
        let mut line = String::new();
        self.inner.format_event(context, Writer::new(&mut line), event)?;
        let fields = line.strip_prefix('{').ok_or(fmt::Error)?;
        write!(writer, "{{\"service\":\"{}\",{fields}", self.service)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Sink {
        type Writer = Sink;
        fn make_writer(&'a self) -> Sink {
            self.clone()
        }
    }

    impl Sink {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    #[test]
    fn a_json_line_is_one_object_that_names_the_service_first() {
        let sink = Sink::default();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(tracing_subscriber::fmt::format::JsonFields::new())
            .event_format(Named::json("runner"))
            .with_writer(sink.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || tracing::info!(files = 3, "hydrated"));
        let line = sink.text();
        assert!(line.starts_with("{\"service\":\"runner\",\"timestamp\":"), "{line}");
        assert!(line.contains("\"files\":3") && line.ends_with("}\n"), "{line}");
        assert_eq!(line.lines().count(), 1);
    }

    #[test]
    fn a_human_line_names_the_service() {
        let sink = Sink::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .event_format(Named::human("cloud"))
            .with_writer(sink.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || tracing::warn!(free = 12, "disk nearly full"));
        let line = sink.text();
        assert!(line.starts_with("cloud  "), "{line}");
        assert!(line.contains("WARN") && line.contains("disk nearly full free=12"), "{line}");
    }
}
