//! The name of a file or folder, parsed at the door.

use unicode_normalization::UnicodeNormalization as _;

/// Longest name in bytes of UTF-8; what file systems under sync clients and sandboxes can hold.
const MAX_BYTES: usize = 255;

/// Why a text cannot be a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    #[error("The name is empty or has only spaces.")]
    Empty,
    #[error("The name is longer than 255 bytes.")]
    TooLong,
    #[error("The name cannot be '.' or '..'.")]
    Dots,
    #[error("The name cannot contain '/', a line break or another control character.")]
    Character,
    /// T-50: `exe.jpg` that ends in `.exe`.
    #[error("The name contains invisible characters that turn the direction of writing.")]
    Direction,
}

/// A valid name, in Unicode's normal form C, so that the same name typed on different systems is the same name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileName(String);

impl FileName {
    /// # Errors
    /// [`InvalidName`] says which rule the text breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let name: String = text.nfc().collect();
        if name.trim().is_empty() {
            Err(InvalidName::Empty)
        } else if name.len() > MAX_BYTES {
            Err(InvalidName::TooLong)
        } else if name == "." || name == ".." {
            Err(InvalidName::Dots)
        } else if name.chars().any(|c| c == '/' || c.is_control()) {
            Err(InvalidName::Character)
        } else if name.chars().any(|c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')) {
            Err(InvalidName::Direction)
        } else {
            Ok(Self(name))
        }
    }

    /// For what has a name that nothing here can have.
    pub(crate) fn fallback() -> Self {
        Self("_".to_owned())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Sorts as people expect: without regard to case, and `file 10` after `file 9`.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let mut key = String::with_capacity(self.0.len() + 8);
        let mut digits = String::new();
        for c in self.0.chars().flat_map(char::to_lowercase) {
            if c.is_ascii_digit() {
                digits.push(c);
            } else {
                push_number(&mut key, &mut digits);
                key.push(c);
            }
        }
        push_number(&mut key, &mut digits);
        key
    }

    /// `name (remark).ext`, shortened so that it stays a valid name.
    #[must_use]
    pub fn with_remark(&self, remark: &str) -> Self {
        let (stem, extension) = match self.0.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && extension.len() <= 16 => (stem, format!(".{extension}")),
            _ => (self.0.as_str(), String::new()),
        };
        let room = MAX_BYTES.saturating_sub(remark.len() + extension.len() + 3);
        let mut end = stem.len().min(room);
        while !stem.is_char_boundary(end) {
            end -= 1;
        }
        Self(format!("{} ({remark}){extension}", &stem[..end]))
    }
}

/// A run of digits becomes its length and itself, so that longer numbers sort behind shorter ones.
fn push_number(key: &mut String, digits: &mut String) {
    if digits.is_empty() {
        return;
    }
    let number = digits.trim_start_matches('0');
    key.push_str(&format!("{:03}{number}", number.len()));
    digits.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_050_refuses_names_that_lead_elsewhere_or_cannot_be_shown() {
        let long = "é".repeat(128);
        for (text, why) in [
            ("", InvalidName::Empty),
            (" \u{a0}", InvalidName::Empty),
            ("\u{202e}gpj.exe", InvalidName::Direction),
            ("a\u{2066}b", InvalidName::Direction),
            (".", InvalidName::Dots),
            ("..", InvalidName::Dots),
            ("a/b", InvalidName::Character),
            ("a\0b", InvalidName::Character),
            ("a\nb", InvalidName::Character),
            (long.as_str(), InvalidName::TooLong),
        ] {
            assert_eq!(FileName::parse(text), Err(why), "{text:?}");
        }
        assert!(FileName::parse(&"n".repeat(255)).is_ok());
        assert!(FileName::parse("a\\b").is_ok(), "a backslash is a letter like others on the server");
    }

    #[test]
    fn the_same_name_in_two_forms_is_one_name() {
        assert_eq!(FileName::parse("u\u{308}"), FileName::parse("\u{fc}"));
    }

    #[test]
    fn sorts_numbers_by_value_and_ignores_case() {
        let mut names: Vec<_> = ["file 10", "File 9", "file 1", "Äpfel", "file"]
            .iter()
            .map(|n| FileName::parse(n).expect("valid"))
            .collect();
        names.sort_by_key(FileName::sort_key);
        let order: Vec<_> = names.iter().map(FileName::as_str).collect();
        assert_eq!(order, ["file", "file 1", "File 9", "file 10", "Äpfel"]);
    }

    #[test]
    fn a_remark_keeps_the_extension_and_the_limit() {
        let name = FileName::parse("notes.md").expect("valid").with_remark("conflict of Ada");
        assert_eq!(name.as_str(), "notes (conflict of Ada).md");
        let long = FileName::parse(&format!("{}.txt", "ä".repeat(125))).expect("valid").with_remark("conflict of Ada");
        assert!(long.as_str().len() <= MAX_BYTES && long.as_str().ends_with(" (conflict of Ada).txt"));
    }
}
