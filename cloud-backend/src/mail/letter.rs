//! A plain-text mail whose parts cannot break out of their place, whatever people have named themselves.

/// Longest line of what people wrote, in characters.
const MAX_WORDS: usize = 500;

/// Subject and body, ready for the outbox. No header can be added through either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    subject: String,
    body: String,
}

impl Letter {
    /// T-132: a subject is one line. The body is text alone; it is encoded when it is sent.
    pub(super) fn new(subject: &str, body: String) -> Self {
        Self { subject: one_line(subject), body }
    }
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// What a person or a program wrote, as part of a line: no line ends, no controls, no marks that turn the direction of the text.
pub(super) fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c }).take(MAX_WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_132_a_subject_stays_one_line() {
        let letter = Letter::new("Hi\r\nBcc: all@example.org\0\u{2028}x\u{202E}", String::new());
        assert_eq!(letter.subject(), "Hi  Bcc: all@example.org  x");
    }
}
