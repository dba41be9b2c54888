//! The name and the rest of somebody whom a provider sends for the first time: whatever it says, brought into the form that names have here.

use super::id_token::Person;
use crate::session::profile::parse_user_name;

/// Leaves room for a number behind it.
const MAX_NAME: usize = 56;
const MAX_DISPLAY_NAME: usize = 128;
const MAX_EMAIL: usize = 254;

/// A user name made of what the provider says: letters, digits, dots, dashes and underscores.
pub(super) fn user_name(person: &Person) -> String {
    let said = person.user_name.as_deref().or(person.email.as_deref()).unwrap_or_default();
    // Of an address, the part that names the person.
    let said = said.split('@').next().unwrap_or_default();
    let fitting = said.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let name: String = fitting.take(MAX_NAME).collect();
    if parse_user_name(&name).is_ok() { name } else { "user".to_owned() }
}

pub(super) fn display_name(person: &Person, user_name: &str) -> String {
    let said = person.display_name.as_deref().unwrap_or_default();
    let clean: String = said.chars().filter(|c| !c.is_control()).take(MAX_DISPLAY_NAME).collect();
    let clean = clean.trim();
    if clean.is_empty() { user_name.to_owned() } else { clean.to_owned() }
}

pub(super) fn email(person: &Person) -> Option<&str> {
    let fits = |email: &&str| {
        email.len() <= MAX_EMAIL && email.contains('@') && !email.chars().any(|c| c.is_control() || c.is_whitespace())
    };
    person.email.as_deref().filter(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(user_name: Option<&str>, email: Option<&str>, display_name: Option<&str>) -> Person {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Person {
            subject: "s".to_owned(),
            groups: Vec::new(),
            session: None,
            user_name: own(user_name),
            display_name: own(display_name),
            email: own(email),
            expires_at: time::OffsetDateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn names_get_the_form_of_names() {
        for (said, email, name) in [
            (Some("ada"), None, "ada"),
            (Some("ada@example.org"), None, "ada"),
            (Some("Ada Lovelace"), None, "AdaLovelace"),
            (None, Some("grace@example.org"), "grace"),
            (Some("../../etc"), None, "....etc"),
            (Some("<b>"), None, "b"),
            (Some("..."), None, "user"),
            (Some(""), None, "user"),
            (None, None, "user"),
            (Some("Jürgen"), None, "Jürgen"),
        ] {
            assert_eq!(user_name(&person(said, email, None)), name, "{said:?}");
        }
        assert_eq!(user_name(&person(Some(&"n".repeat(500)), None, None)).len(), MAX_NAME);
    }

    #[test]
    fn what_is_shown_of_a_person_is_clean() {
        assert_eq!(display_name(&person(None, None, Some(" Ada\u{7} L. ")), "ada"), "Ada L.");
        assert_eq!(display_name(&person(None, None, Some("\u{1}")), "ada"), "ada");
        assert_eq!(display_name(&person(None, None, None), "ada"), "ada");
        assert_eq!(email(&person(None, Some("a b@example.org"), None)), None);
        assert_eq!(email(&person(None, Some("ada@example.org"), None)), Some("ada@example.org"));
    }
}
