//! What a person changes of their own account: name, language, time zone, address for notices.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_script::{Script, UnicodeScript as _};
use unicode_security::{MixedScript, skeleton};
use utoipa::ToSchema;

use super::{
    Session,
    me::{Me, me},
};
use crate::{
    api_error::{ApiError, ErrorBody},
    app::Cloud,
    audit::Action,
    authz::{Confirmed, OwnAccess},
    store::{NoticeKind, ProfileChange},
};

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateProfile {
    display_name: Option<String>,
    /// `en` or `de`.
    language: Option<String>,
    /// Name in the time zone database, for example `Europe/Berlin`.
    time_zone: Option<String>,
    /// Where notices about the account's safety go; empty for nowhere.
    email: Option<String>,
}

/// Changes one's own profile.
#[utoipa::path(patch, path = "/api/v1/session/user", tag = "session", request_body = UpdateProfile, responses(
    (status = 200, body = Me), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn update_profile(
    session: Session,
    cloud: web::Data<Cloud>,
    body: web::Json<UpdateProfile>,
) -> Result<HttpResponse, ApiError> {
    if !session.is_interactive() {
        return Err(ApiError::ScopeTooSmall);
    }
    let user = session.user();
    let display_name = body.display_name.as_deref().unwrap_or(&user.display_name);
    let language = body.language.as_deref().unwrap_or(&user.language);
    let (display_name, language) = (parse_display_name(display_name, &user.name)?, parse_language(language)?);
    let time_zone = body.time_zone.as_deref().unwrap_or(&user.time_zone);
    parse_time_zone(time_zone)?;
    let email = match &body.email {
        Some(email) => parse_email(email)?,
        None => user.email.as_deref(),
    };
    let other_address = email != user.email.as_deref();
    if other_address {
        // Where warnings go is part of what protects the account.
        Confirmed::require(&session)?;
    }
    let change = ProfileChange { display_name, language, time_zone, email };
    cloud
        .store
        .audited(&OwnAccess::of(&session), Action::UserUpdate, async |w| {
            if other_address {
                // Before the change, so that it goes to the address that was.
                w.notify(user.id, NoticeKind::EmailChanged).await?;
            }
            w.update_profile(&change).await
        })
        .await?;
    Ok(HttpResponse::Ok().json(me(&cloud, &session).await?))
}

/// Name, display name and language of somebody new, trimmed and checked.
pub(crate) fn parse_profile<'a>(
    name: &'a str,
    display_name: &'a str,
    language: &'a str,
) -> Result<(&'a str, &'a str, &'a str), ApiError> {
    let name = parse_user_name(name)?;
    Ok((name, parse_display_name(display_name, name)?, parse_language(language)?))
}

/// A name to sign in with.
pub(crate) fn parse_user_name(text: &str) -> Result<&str, ApiError> {
    let name = text.trim();
    let valid = (1..=64).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && name.chars().any(char::is_alphanumeric)
        // One name in one form: neither wide letters nor ligatures that look like another's.
        && name.nfkc().eq(name.chars())
        && !looks_like_another(name);
    if valid { Ok(name) } else { Err(ApiError::UserNameInvalid) }
}

/// A name for others to read; who gives none is called by the name they sign in with.
pub(crate) fn parse_display_name<'a>(text: &'a str, user_name: &'a str) -> Result<&'a str, ApiError> {
    let text = text.trim();
    let display_name = if text.is_empty() { user_name } else { text };
    let valid = display_name.chars().count() <= 128 && !display_name.chars().any(is_unseen);
    let reason = "A display name has up to 128 characters, without control characters.";
    if valid { Ok(display_name) } else { Err(ApiError::field("display_name", reason)) }
}

fn parse_language(text: &str) -> Result<&str, ApiError> {
    if matches!(text, "en" | "de") { Ok(text) } else { Err(ApiError::field("language", "The language is en or de.")) }
}

/// Letters of several scripts in one word, or letters of another script that look like Latin ones throughout: such a name passes for
/// somebody else's (Unicode Technical Standard 39, sections 4 and 5.1).
fn looks_like_another(name: &str) -> bool {
    let mixed = !name.split(['.', '-', '_']).all(MixedScript::is_single_script);
    let latin = name.chars().any(|c| c.script() == Script::Latin);
    mixed || (!latin && skeleton(name).all(|c| c.is_ascii()) && !name.is_ascii())
}

/// Characters that nobody sees, or that turn around what stands beside them.
pub(crate) fn is_unseen(c: char) -> bool {
    let turns = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns || matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// An address as mail programs take it, or none for an empty text. That it is the person's own is not shown by it.
pub(crate) fn parse_email(text: &str) -> Result<Option<&str>, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let valid = text.len() <= 254 && text.parse::<lettre::Address>().is_ok();
    if valid { Ok(Some(text)) } else { Err(ApiError::EmailInvalid) }
}

/// The form of a name in the time zone database; whether the zone is known is the browser's matter, which shows the times.
fn parse_time_zone(text: &str) -> Result<(), ApiError> {
    let valid = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'));
    let reason = "The time zone is a name such as Europe/Berlin.";
    if valid { Ok(()) } else { Err(ApiError::field("time_zone", reason)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_addresses() {
        assert_eq!(parse_email(" ada@example.org ").expect("valid"), Some("ada@example.org"));
        assert_eq!(parse_email("").expect("valid"), None);
        for text in ["ada", "ada@", "a da@example.org", "ada@example.org\r\nBcc: eve@example.org", "ada@exa mple.org"] {
            assert!(matches!(parse_email(text), Err(ApiError::EmailInvalid)), "{text}");
        }
    }

    #[test]
    fn a_name_does_not_pass_for_another() {
        for name in ["ada", "Ada.Lovelace", "jürgen", "анна", "李雷", "müller-2", "ivan.иванов", "kjær", "ırmak", "42"]
        {
            assert!(parse_profile(name, "", "en").is_ok(), "{name}");
        }
        // Cyrillic а among Latin letters; Cyrillic letters alone that read as Latin; a Greek omicron.
        for name in ["\u{430}da", "\u{440}\u{430}\u{443}", "b\u{3bf}b"] {
            assert!(matches!(parse_profile(name, "", "en"), Err(ApiError::UserNameInvalid)), "{name}");
        }
    }

    #[test]
    fn time_zones_have_names() {
        assert!(parse_time_zone("Europe/Berlin").is_ok() && parse_time_zone("Etc/GMT+3").is_ok());
        assert!(parse_time_zone("").is_err() && parse_time_zone("<b>").is_err());
    }
}
