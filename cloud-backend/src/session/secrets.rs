//! Secrets that are handed out once and stored as a hash: session cookies, tickets, set-up links, tokens (security-facts 3.7).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const TOKEN_BODY: usize = 30;
/// Prefixes of the kinds of tokens. Scanners find them by `\bcr[par]_[0-9A-Za-z]{36}\b`.
pub const PERSONAL_PREFIX: &str = "crp_";
pub const APP_PASSWORD_PREFIX: &str = "cra_";
pub const REFRESH_PREFIX: &str = "crr_";

/// 256 random bits as text for a cookie or a link.
///
/// # Errors
/// When the system gives no randomness.
pub fn random_secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is stored of a secret. The secrets have more than 112 bits of randomness, so a plain hash is enough.
#[must_use]
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A token: prefix, 30 characters (178 bits), checksum; secret scanners find it by its form.
///
/// # Errors
/// When the system gives no randomness.
pub fn new_token(prefix: &str) -> Result<String, getrandom::Error> {
    let mut body = String::with_capacity(TOKEN_BODY);
    let mut bytes = [0_u8; 64];
    while body.len() < TOKEN_BODY {
        getrandom::fill(&mut bytes)?;
        // 248 is the largest multiple of 62 below 256; what is above would favour some characters.
        for byte in bytes.iter().filter(|byte| **byte < 248).take(TOKEN_BODY - body.len()) {
            body.push(char::from(BASE62[usize::from(byte % 62)]));
        }
    }
    Ok(format!("{prefix}{body}{}", checksum(prefix, &body)))
}

/// The text has the form and the checksum of a token of this kind; says nothing about whether it is known.
#[must_use]
pub fn is_token(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        rest.len() == TOKEN_BODY + 6 && rest.is_ascii() && {
            let (body, sum) = rest.split_at(TOKEN_BODY);
            checksum(prefix, body) == sum
        }
    })
}

fn checksum(prefix: &str, body: &str) -> String {
    let mut rest = crc32fast::hash(format!("{prefix}{body}").as_bytes());
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_006_tokens_have_a_form_that_scanners_find_and_typos_break() {
        let token = new_token("crp_").expect("randomness");
        assert_eq!(token.len(), 40);
        assert!(is_token("crp_", &token));
        let mut typo = token.clone().into_bytes();
        typo[10] = if typo[10] == b'a' { b'b' } else { b'a' };
        assert!(!is_token("crp_", &String::from_utf8(typo).expect("ascii")));
        assert!(!is_token("cra_", &token));
    }
}
