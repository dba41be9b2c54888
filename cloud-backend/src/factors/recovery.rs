//! Recovery codes: ten, each once. The first group finds the code, the other four are 80 random bits, stored as a password's hash
//! (NIST SP 800-63B-4, 3.1.2: look-up secrets below 112 bits).

use carrel_ids::UserId;

use crate::{api_error::ApiError, app::Cloud, session::Place, store::FactorUse};

/// How many there are.
pub(crate) const COUNT: usize = 10;
/// Crockford's base 32: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 4;
const GROUPS: usize = 5;

/// A code as it is shown: five groups of four.
///
/// # Errors
/// When the system gives no randomness.
pub(crate) fn new_code() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; GROUP * GROUPS];
    getrandom::fill(&mut bytes)?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-"))
}

/// The group that finds the code, and what is hashed; none for texts that cannot be one.
pub(crate) fn parts(code: &str) -> Option<(String, String)> {
    let letters: String = code
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let valid = letters.len() == GROUP * GROUPS && letters.bytes().all(|b| ALPHABET.contains(&b));
    valid.then(|| (letters[..GROUP].to_owned(), letters[GROUP..].to_owned()))
}

pub(super) async fn verify(cloud: &Cloud, place: Place<'_>, user: UserId, code: &str) -> Result<FactorUse, ApiError> {
    let Some((prefix, secret)) = parts(code) else { return Err(ApiError::FactorInvalid) };
    let hash = cloud.store.recovery_code(user, &prefix).await?;
    // Without such a code as much is computed.
    if cloud.passwords.verify(place, &secret, hash.as_deref()).await? {
        Ok(FactorUse::Recovery { prefix })
    } else {
        Err(ApiError::FactorInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = new_code().expect("randomness");
        assert_eq!(code.len(), 24);
        let parsed = parts(&code).expect("a code");
        assert_eq!(parts(&code.to_lowercase().replace('-', " ")), Some(parsed));
        assert_eq!(parts("OOOO-IIII-LLLL-oooo-llll"), Some(("0000".to_owned(), "1111111100001111".to_owned())));
        assert_eq!(parts("short"), None);
        assert_eq!(parts(&"U".repeat(20)), None);
    }
}
