use super::*;

const PLAN: &str = r#"{"command":"stop"}"#;
const AUDIENCE: &str = "runner/one";

fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap()
}

fn issuer() -> Issuer {
    Issuer::new(SigningKey::from_bytes(&[3; 32]), "g1")
}

fn verifier() -> GrantVerifier {
    let keys = BTreeMap::from([("g1".to_owned(), issuer().key.verifying_key())]);
    GrantVerifier::new(keys, AUDIENCE)
}

fn token() -> String {
    issuer().issue("stop", PLAN, WorkspaceId::new(), UserId::new(), SessionId::new(), AUDIENCE, now()).unwrap()
}

fn check(token: &str) -> Result<Claims, GrantError> {
    verifier().verify(token, PLAN, "stop", now())
}

/// The token of claims that were changed before signing.
fn altered(change: impl FnOnce(&mut Claims)) -> String {
    let mut claims = check(&token()).unwrap();
    change(&mut claims);
    issuer().sign(&claims).unwrap()
}

#[test]
fn a_grant_says_what_it_was_made_for() {
    let claims = check(&token()).unwrap();
    assert_eq!((claims.act.as_str(), claims.exp - claims.iat), ("stop", 60));
    assert_eq!(claims.jti.len(), 32);
    assert_ne!(claims.jti, check(&token()).unwrap().jti);
}

#[test]
fn the_payload_has_sorted_keys_and_no_space() {
    let token = token();
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let text = String::from_utf8(payload).unwrap();
    let keys: Vec<_> = text
        .trim_matches(['{', '}'])
        .split(',')
        .map(|pair| pair.split(':').next().unwrap().trim_matches('"').to_owned())
        .collect();
    let expected = ["act", "aud", "exp", "iat", "iss", "jti", "kid", "nbf", "plan", "ses", "typ", "usr", "v", "ws"];
    assert_eq!(keys, expected);
    assert!(!text.contains(' '));
}

#[test]
fn each_claim_has_its_own_refusal() {
    let cases: Vec<(String, GrantError)> = vec![
        (altered(|c| c.typ = "jwt".into()), GrantError::WrongType),
        (altered(|c| c.v = 2), GrantError::WrongType),
        (altered(|c| c.iss = "ide".into()), GrantError::WrongIssuer),
        (altered(|c| c.aud = "runner/two".into()), GrantError::WrongAudience),
        (altered(|c| c.exp += 1), GrantError::LifetimeTooLong),
        (altered(|c| c.exp = c.iat - 1), GrantError::LifetimeTooLong),
        (altered(|c| c.nbf += 6), GrantError::NotYetValid),
        (altered(|c| c.act = "start".into()), GrantError::WrongAct),
        (altered(|c| c.plan = plan_hash("other")), GrantError::WrongPlan),
        (altered(|c| c.kid = "g2".into()), GrantError::UnknownKey),
    ];
    for (token, expected) in cases {
        assert_eq!(check(&token), Err(expected));
    }
}

#[test]
fn one_other_byte_in_the_plan_is_another_plan() {
    let token = token();
    for index in 0..PLAN.len() {
        let mut plan = PLAN.as_bytes().to_vec();
        plan[index] ^= 1;
        let plan = String::from_utf8(plan).unwrap();
        assert_eq!(verifier().verify(&token, &plan, "stop", now()), Err(GrantError::WrongPlan));
    }
    assert_eq!(verifier().verify(&token, &format!("{PLAN} "), "stop", now()), Err(GrantError::WrongPlan));
}

#[test]
fn no_byte_of_a_token_can_be_changed() {
    let token = token();
    assert!(check(&token).is_ok());
    let verifier = verifier();
    for index in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[index] ^= 1 << (index % 7);
        let other = String::from_utf8(bytes).unwrap();
        let result = verifier.verify(&other, PLAN, "stop", now());
        assert!(result.is_err(), "byte {index}");
    }
}

#[test]
fn the_window_has_five_seconds_of_skew() {
    let token = token();
    let at = |seconds| verifier().verify(&token, PLAN, "stop", now() + time::Duration::seconds(seconds));
    assert!(at(65).is_ok());
    assert_eq!(at(66), Err(GrantError::Expired));
    assert!(at(-5).is_ok());
    assert_eq!(at(-6), Err(GrantError::NotYetValid));
}

#[test]
fn another_key_another_domain_and_another_spelling_are_refused() {
    let foreign = Issuer::new(SigningKey::from_bytes(&[4; 32]), "g1");
    let claims = check(&token()).unwrap();
    assert_eq!(check(&foreign.sign(&claims).unwrap()), Err(GrantError::SignatureInvalid));
    let sign = |payload: &[u8], domain: &[u8]| {
        let signature = issuer().key.sign(&[domain, payload].concat());
        format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    };
    let payload = canonical(&claims).unwrap();
    assert!(check(&sign(&payload, DOMAIN)).is_ok());
    assert_eq!(check(&sign(&payload, b"carrel.result.v1\n")), Err(GrantError::SignatureInvalid));
    assert_eq!(check(&sign(&payload, b"")), Err(GrantError::SignatureInvalid));
    let spaced = String::from_utf8(payload).unwrap().replace("\":", "\": ");
    assert_eq!(check(&sign(spaced.as_bytes(), DOMAIN)), Err(GrantError::NotCanonical));
    let extra = spaced.replace('{', r#"{"more":1,"#);
    assert_eq!(check(&sign(extra.as_bytes(), DOMAIN)), Err(GrantError::WrongType));
    for text in ["", ".", "a.b", "no-dot"] {
        assert_eq!(check(text), Err(GrantError::Malformed));
    }
}
