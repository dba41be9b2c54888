//! Writes letters in the name of one instance. A link in a letter leads to this instance and nowhere else.

use super::{
    letter::{Letter, one_line},
    notices,
};
use crate::store::{NoticeKind, Timestamp};

/// What every letter needs to know: where the instance is.
#[derive(Debug, Clone)]
pub struct Letterhead {
    origin: String,
}

/// What a notice says besides its kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoticeFacts<'a> {
    pub(crate) kind: NoticeKind,
    /// Whom it greets.
    pub(crate) name: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) address: Option<&'a str>,
    pub(crate) client: Option<&'a str>,
}

impl Letterhead {
    /// `origin`: how browsers reach the instance, without a slash at the end.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.trim_end_matches('/').to_owned() }
    }

    /// A link to a page of the instance; `path` begins with a slash.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn notice(&self, language: &str, facts: NoticeFacts<'_>) -> Letter {
        let german = is_german(language);
        let text = if german { notices::german(facts.kind) } else { notices::english(facts.kind) };
        let mut lines = vec![greeting(german, facts.name), String::new(), text.happened.to_owned(), String::new()];
        lines.push(format!("{} {}", if german { "Wann:" } else { "When:" }, moment(facts.at)));
        if let Some(address) = facts.address {
            lines.push(format!("{} {}", if german { "Von:" } else { "From:" }, one_line(address)));
        }
        if let Some(client) = facts.client {
            lines.push(format!("{} {}", if german { "Mit:" } else { "With:" }, one_line(client)));
        }
        lines.extend([String::new(), text.advice.to_owned(), String::new(), self.link("/")]);
        Letter::new(&format!("Carrel: {}", text.subject), body(&lines))
    }

    /// Invites somebody. `path` holds the link's secret and works once.
    #[must_use]
    pub fn invitation(
        &self,
        language: &str,
        invited_by: &str,
        note: &str,
        path: &str,
        expires_at: Timestamp,
    ) -> Letter {
        let german = is_german(language);
        let (who, until) = (one_line(invited_by), moment(expires_at));
        let mut lines = vec![greeting(german, ""), String::new()];
        lines.push(if german {
            format!("{who} lädt zu Carrel ein, dem gemeinsamen Ort des Teams für Dateien und Arbeit.")
        } else {
            format!("{who} invites you to Carrel, your team's place for files and work.")
        });
        if !note.trim().is_empty() {
            lines.extend([String::new(), format!("> {}", one_line(note.trim()))]);
        }
        lines.extend([String::new(), self.link(path), String::new()]);
        lines.push(if german {
            format!("Der Link gilt einmal, bis {until}. Wer nichts damit anfangen kann, löscht diese Mail einfach.")
        } else {
            format!("The link works once, until {until}. If this means nothing to you, delete this mail.")
        });
        Letter::new(if german { "Einladung zu Carrel" } else { "Invitation to Carrel" }, body(&lines))
    }

    /// Lets somebody set a password. `path` holds the link's secret and works once.
    #[must_use]
    pub fn password_reset(&self, language: &str, name: &str, path: &str, expires_at: Timestamp) -> Letter {
        let german = is_german(language);
        let until = moment(expires_at);
        let mut lines = vec![greeting(german, name), String::new()];
        lines.push(if german {
            "die Administration hat einen Link erstellt, mit dem das Passwort gesetzt werden kann:".to_owned()
        } else {
            "an administrator made a link for you with which you can set your password:".to_owned()
        });
        lines.extend([String::new(), self.link(path), String::new()]);
        lines.push(if german {
            format!("Er gilt einmal, bis {until}. Bis dahin ändert sich nichts.")
        } else {
            format!("It works once, until {until}. Until it is used nothing changes.")
        });
        Letter::new(if german { "Carrel: Passwort setzen" } else { "Carrel: Set your password" }, body(&lines))
    }
}

fn is_german(language: &str) -> bool {
    language == "de" || language.starts_with("de-")
}

fn greeting(german: bool, name: &str) -> String {
    let (hello, name) = (if german { "Hallo" } else { "Hello" }, one_line(name));
    if name.trim().is_empty() { format!("{hello},") } else { format!("{hello} {name},") }
}

fn body(lines: &[String]) -> String {
    format!("{}\r\n", lines.join("\r\n"))
}

/// To the minute, in UTC.
fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    format!("{} UTC", text.get(..16).unwrap_or(&text).replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Timestamp {
        Timestamp::from(time::OffsetDateTime::UNIX_EPOCH)
    }

    #[test]
    fn every_notice_has_its_words_in_both_languages() {
        let head = Letterhead::new("https://cloud.example.org/");
        let mut subjects = std::collections::HashSet::new();
        for kind in NoticeKind::ALL {
            let facts = NoticeFacts { kind: *kind, name: "Ada", at: at(), address: Some("203.0.113.7"), client: None };
            let (english, german) = (head.notice("en", facts), head.notice("de-AT", facts));
            assert!(english.body().starts_with("Hello Ada,\r\n") && german.body().starts_with("Hallo Ada,\r\n"));
            for letter in [&english, &german] {
                assert!(letter.body().ends_with("\r\nhttps://cloud.example.org/\r\n"), "{}", letter.body());
                assert!(letter.body().contains("203.0.113.7") && letter.body().contains("1970-01-01 00:00 UTC"));
                assert!(subjects.insert(letter.subject().to_owned()), "{} twice", letter.subject());
            }
        }
    }

    #[test]
    fn t_132_names_and_notes_cannot_add_lines() {
        let head = Letterhead::new("https://cloud.example.org");
        let evil = "Eve\r\n\r\nhttps://evil.example/\u{2028}now";
        let letter = head.invitation("en", evil, evil, "/join#secret", at());
        assert!(!letter.body().lines().any(|line| line.starts_with("https://evil")), "{}", letter.body());
        assert!(letter.body().contains("\r\nhttps://cloud.example.org/join#secret\r\n"));
        let letter = head.password_reset("de", evil, "/reset#secret", at());
        assert!(!letter.body().lines().any(|line| line.starts_with("https://evil")), "{}", letter.body());
    }
}
