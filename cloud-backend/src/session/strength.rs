//! What a new password has to be: long enough, not common, not easy to guess; and nothing about its composition (NIST SP 800-63B-4,
//! 3.1.1.2).

use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, matching::patterns::MatchPattern, zxcvbn};

use super::password::{MAX_BYTES, MIN_CHARACTERS};
use crate::api_error::ApiError;

/// Characters that the estimate looks at: it takes time that grows faster than the length.
const ESTIMATED: usize = 100;

/// Checks a new password. `context`: what somebody who knows the person would try first.
pub(crate) fn parse_password(text: &str, context: &[&str]) -> Result<(), ApiError> {
    let password: String = text.nfc().collect();
    if password.len() > MAX_BYTES {
        return Err(ApiError::field("password", format!("A password has up to {MAX_BYTES} bytes.")));
    }
    if password.chars().count() < MIN_CHARACTERS {
        return Err(ApiError::PasswordTooShort(MIN_CHARACTERS));
    }
    let head: String = password.chars().take(ESTIMATED).collect();
    let mut words = vec!["carrel"];
    words.extend(context);
    let estimate = zxcvbn(&head, &words);
    // The whole password is one entry of a list, in whatever spelling: a common password, a word, a name.
    let common = matches!(estimate.sequence(), [one] if matches!(one.pattern, MatchPattern::Dictionary(_)));
    if common {
        return Err(ApiError::PasswordCommon);
    }
    if estimate.score() < Score::Three {
        return Err(ApiError::PasswordWeak);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> ApiError {
        parse_password(text, &["ada.administrator"]).expect_err("refused")
    }

    #[test]
    fn long_and_unguessable_is_enough() {
        for text in ["a password of many words", "correct horse battery", "zwölf Boxkämpfer jagen", "0f3b9c77aa1e42d"]
        {
            assert!(parse_password(text, &["ada"]).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_guessed_first_is_refused_with_its_reason() {
        assert!(matches!(refused("short"), ApiError::PasswordTooShort(15)));
        assert!(matches!(refused(&"x".repeat(2000)), ApiError::FieldInvalid("password", _)));
        for text in
            ["aaaaaaaaaaaaaaaa", "abcdefghijklmnopq", "ada.administrator", "1234567890123456", "passwordpassword"]
        {
            assert!(matches!(refused(text), ApiError::PasswordWeak | ApiError::PasswordCommon), "{text}");
        }
    }
}
