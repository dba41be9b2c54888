//! The one envelope in which every error leaves the cloud backend.

mod answer;
mod convert;

use std::borrow::Cow;

use actix_web::http::StatusCode;
use carrel_ids::VersionId;
use serde::Serialize;
use time::Duration;
use utoipa::ToSchema;

pub use answer::{ErrorBody, ErrorDetail};
pub(crate) use convert::{bad_form, bad_json, bad_query};

use crate::{authz::InvalidName, content::ContentError, store::Timestamp};

/// Stable codes; clients switch on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    AboveYou,
    BadRequest,
    Busy,
    ChallengeExpired,
    ChecksumMismatch,
    CodeUsed,
    ConfirmationRequired,
    ContentCutOff,
    ContentHashMismatch,
    ContentTooLarge,
    CopyTooLarge,
    ContentUnknown,
    CredentialsInvalid,
    CrossSite,
    CurrentVersion,
    DiskFull,
    ElevationRequired,
    EmailInvalid,
    EmergencyOngoing,
    FactorExists,
    FactorInvalid,
    FieldInvalid,
    FolderGone,
    FinalUpload,
    FolderInsideItself,
    GrantsMoreThanHeld,
    Internal,
    IssuerInvalid,
    IssuerTaken,
    LastAdministrator,
    LastFactor,
    LastManager,
    LastWayIn,
    LinkInvalid,
    Locked,
    MediaTypeUnsupported,
    NameInvalid,
    NameTaken,
    NotFound,
    NotSignedIn,
    OffsetMismatch,
    OwnAccount,
    OwnRequest,
    PasskeyCloned,
    PasskeyInvalid,
    PasskeysUnavailable,
    PasswordCommon,
    PasswordTooShort,
    PasswordWeak,
    PersonalSpace,
    PreconditionRequired,
    ProviderUnavailable,
    QuotaExceeded,
    RangeNotSatisfiable,
    RecoveryHold,
    RequestOpen,
    RoleInUse,
    RoleNotForProviders,
    ScopeTooSmall,
    SecondFactorMissing,
    SecondFactorRequired,
    SecondPersonNeeded,
    ServiceSignatureInvalid,
    SessionExpired,
    SessionReused,
    SettingsRightRequired,
    SignInExpired,
    SpaceArchived,
    StoreUnavailable,
    TooManyLocks,
    TooManyProperties,
    TooManyRequests,
    TooManyUploads,
    TusVersionUnsupported,
    Unavailable,
    UploadBusy,
    UploadGone,
    UserNameInvalid,
    VersionChanged,
    WorkspaceBusy,
}

/// How much room a space has, and how much would be needed, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortage {
    pub free: i64,
    pub needed: i64,
}

fn quota_sentence(shortage: Option<Shortage>) -> String {
    match shortage {
        Some(Shortage { free, needed }) => {
            format!("This does not fit: the space has room for {free} bytes, and {needed} are needed.")
        }
        None => "This does not fit: the space has no room for it.".to_owned(),
    }
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("The request cannot be read: {0}")]
    BadRequest(String),
    #[error("The name or the password is not right.")]
    CredentialsInvalid,
    #[error("The request came from another site. Open Carrel itself and try again.")]
    CrossSite,
    #[error(transparent)]
    Content(ContentError),
    #[error("A folder cannot be moved into itself.")]
    FolderInsideItself,
    /// A link that is wrong, expired or used: one answer for all.
    #[error("This link is not valid, or not any more. Ask for a new one.")]
    LinkInvalid,
    #[error("Somebody has locked this. Wait until it is free, or break the lock.")]
    Locked,
    #[error("This folder holds more than can be copied in one go. Copy its folders one by one.")]
    CopyTooLarge,
    #[error("You hold as many locks as one person can. Release some first.")]
    TooManyLocks,
    #[error("This has as many properties as can be kept.")]
    TooManyProperties,
    #[error("{0}")]
    NameInvalid(InvalidName),
    #[error("Something with this name exists here already.")]
    NameTaken,
    #[error("There is nothing here, or you have no access to it.")]
    NotFound,
    #[error("Sign in to go on.")]
    NotSignedIn,
    #[error("The password needs at least {0} characters. A few words in a row are easy to remember.")]
    PasswordTooShort(usize),
    #[error("Something with this name exists. Send If-Match with its version to replace it.")]
    PreconditionRequired,
    #[error("The file has no such part.")]
    RangeNotSatisfiable(u64),
    #[error("The request's signature does not hold.")]
    ServiceSignatureInvalid,
    #[error("Too many tries. The next one is looked at in {0} s.")]
    TooManyRequests(i64),
    #[error("{0}")]
    Unavailable(&'static str),
    #[error(
        "A user name has 1 to 64 letters, digits, dots, dashes or underscores, and does not mix letters that look alike."
    )]
    UserNameInvalid,
    #[error("The file was changed in the meantime, so nothing was saved. Read it again, or save under another name.")]
    VersionChanged,
    /// As [`ApiError::VersionChanged`], and the version that holds what was sent.
    #[error("The file was changed in the meantime. What you sent is kept as a version beside the current one.")]
    KeptBeside(VersionId),
    #[error("This is the version that the file has now. Bring another one back first.")]
    CurrentVersion,
    #[error("The folder that this was in is gone. Choose another one.")]
    FolderGone,
    #[error("The bytes that arrived are not those that were sent. Send them again.")]
    ChecksumMismatch,
    #[error("This content is not known here. Send its bytes.")]
    ContentUnknown,
    #[error("This upload was put together from others; nothing can be added to it.")]
    FinalUpload,
    /// The type that is expected.
    #[error("Send the body as {0}.")]
    MediaType(&'static str),
    /// How many bytes are there.
    #[error("The upload has {0} bytes. Go on from there.")]
    OffsetMismatch(u64),
    #[error("Too many uploads of yours are under way. End some of them first.")]
    TooManyUploads,
    #[error("Uploads here speak tus 1.0.0. Say so in the header Tus-Resumable.")]
    TusVersion,
    #[error("Another request is adding to this upload. Try again in a moment.")]
    UploadBusy,
    #[error("The time of this upload is over. Begin it anew.")]
    UploadGone,
    #[error("Another start or stop of this workspace is under way.")]
    WorkspaceBusy,
    #[error("This person has rights that you do not have. Somebody who has them can do this.")]
    AboveYou,
    #[error("Too much is going on at this moment. Try again in a few seconds.")]
    Busy,
    #[error("This took too long. Start again.")]
    ChallengeExpired,
    #[error("This code was used already. Wait for the next one.")]
    CodeUsed,
    #[error("Show that it is you: your sign-in is too long ago for this.")]
    ConfirmationRequired,
    #[error("This needs a fresh second factor.")]
    ElevationRequired,
    #[error("This is not an e-mail address.")]
    EmailInvalid,
    #[error("There is an authenticator app already. Remove it first.")]
    FactorExists,
    #[error("This code is not right.")]
    FactorInvalid,
    /// The member's name in the request, and the sentence that says what it may be.
    #[error("{1}")]
    FieldInvalid(&'static str, Cow<'static, str>),
    #[error("The emergency goes on. It can be closed when it is over.")]
    EmergencyOngoing,
    #[error("You got your account back a short while ago. Until {0}, no rights change hands through it.")]
    RecoveryHold(Timestamp),
    #[error(
        "You reset the other half of what protects this account within the last day. Another administrator has to do this."
    )]
    SecondPersonNeeded,
    #[error("Asking for less of a role's members takes the right to change the instance's settings.")]
    SettingsRightRequired,
    #[error("Nobody can give rights that they do not have; and giving roles needs the right to manage roles.")]
    GrantsMoreThanHeld,
    #[error("The last administrator stays. Make somebody else administrator first.")]
    LastAdministrator,
    #[error("This is your last second factor, and one of your roles asks for one. Add another first.")]
    LastFactor,
    #[error("Somebody else has to do this to your account.")]
    OwnAccount,
    #[error("There is a request of yours already. Wait for the answer, or withdraw it.")]
    RequestOpen,
    #[error("Without this you could not sign in any more. Set a password or a passkey first.")]
    LastWayIn,
    #[error("{0}")]
    IssuerInvalid(&'static str),
    #[error("There is a provider with this issuer already.")]
    IssuerTaken,
    #[error("This provider cannot be reached at the moment. Try again later, or sign in another way.")]
    ProviderUnavailable,
    #[error("A provider can give only roles without administration and without the log.")]
    RoleNotForProviders,
    #[error("Somebody else has to decide on your request.")]
    OwnRequest,
    #[error("This passkey seems to exist twice, so it was refused. Remove it and make a new one.")]
    PasskeyCloned,
    #[error("This passkey is not known here, or it did not check who you are.")]
    PasskeyInvalid,
    #[error("Passkeys need a name in the address: open Carrel as localhost, or under its own name by https.")]
    PasskeysUnavailable,
    #[error("This password is one that is tried first: a common one, a word or a name. Choose another.")]
    PasswordCommon,
    #[error("This password is easy to guess. A few words that do not belong together are better.")]
    PasswordWeak,
    #[error("People have this role. Take it from them first.")]
    RoleInUse,
    #[error("The token's scopes do not reach so far.")]
    ScopeTooSmall,
    #[error("Set up a passkey or an authenticator app first, in the account's security.")]
    SecondFactorMissing,
    #[error("One of your roles asks for a second factor. Set it up to go on.")]
    SecondFactorRequired,
    #[error("The session has to be renewed.")]
    SessionExpired,
    #[error("A copy of this session was used elsewhere, so it was ended. Sign in again.")]
    SessionReused,
    #[error("The sign-in took too long. Start again.")]
    SignInExpired,
    #[error("The last manager stays. Make somebody else manager first.")]
    LastManager,
    #[error("This is a personal space. Make a team space to work with others.")]
    PersonalSpace,
    /// Not told how short to whoever sees nothing of the space.
    #[error("{}", quota_sentence(*.0))]
    QuotaExceeded(Option<Shortage>),
    #[error("This space is archived: it can be read, and nothing in it changes.")]
    SpaceArchived,
    #[error("Something went wrong here. It was noted; try again.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// 460, which only tus knows: the checksum of a request's bytes is another.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

impl ApiError {
    fn parts(&self) -> (StatusCode, ErrorCode, Option<&'static str>) {
        use ErrorCode as Code;
        match self {
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, Code::BadRequest, None),
            Self::Content(ContentError::CutOff) => (StatusCode::BAD_REQUEST, Code::ContentCutOff, None),
            Self::Content(ContentError::HashMismatch) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Code::ContentHashMismatch, None)
            }
            Self::Content(ContentError::TooLarge(_)) => (StatusCode::PAYLOAD_TOO_LARGE, Code::ContentTooLarge, None),
            Self::Content(ContentError::Full) => (StatusCode::INSUFFICIENT_STORAGE, Code::DiskFull, None),
            Self::Content(ContentError::Unavailable(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, Code::StoreUnavailable, None)
            }
            Self::Content(ContentError::Missing | ContentError::Damaged | ContentError::Store(_))
            | Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, None),
            Self::CredentialsInvalid => (StatusCode::UNAUTHORIZED, Code::CredentialsInvalid, None),
            Self::CrossSite => (StatusCode::FORBIDDEN, Code::CrossSite, None),
            Self::FolderInsideItself => (StatusCode::CONFLICT, Code::FolderInsideItself, None),
            Self::LinkInvalid => (StatusCode::UNAUTHORIZED, Code::LinkInvalid, None),
            Self::Locked => (StatusCode::LOCKED, Code::Locked, None),
            Self::CopyTooLarge => (StatusCode::UNPROCESSABLE_ENTITY, Code::CopyTooLarge, None),
            Self::TooManyLocks => (StatusCode::INSUFFICIENT_STORAGE, Code::TooManyLocks, None),
            Self::TooManyProperties => (StatusCode::INSUFFICIENT_STORAGE, Code::TooManyProperties, None),
            Self::NameInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, Code::NameInvalid, Some("name")),
            Self::NameTaken => (StatusCode::CONFLICT, Code::NameTaken, None),
            Self::NotFound => (StatusCode::NOT_FOUND, Code::NotFound, None),
            Self::NotSignedIn => (StatusCode::UNAUTHORIZED, Code::NotSignedIn, None),
            Self::PasswordTooShort(_) => (StatusCode::UNPROCESSABLE_ENTITY, Code::PasswordTooShort, Some("password")),
            Self::PreconditionRequired => (StatusCode::PRECONDITION_REQUIRED, Code::PreconditionRequired, None),
            Self::RangeNotSatisfiable(_) => (StatusCode::RANGE_NOT_SATISFIABLE, Code::RangeNotSatisfiable, None),
            Self::ServiceSignatureInvalid => (StatusCode::UNAUTHORIZED, Code::ServiceSignatureInvalid, None),
            Self::TooManyRequests(_) => (StatusCode::TOO_MANY_REQUESTS, Code::TooManyRequests, None),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, None),
            Self::UserNameInvalid => (StatusCode::UNPROCESSABLE_ENTITY, Code::UserNameInvalid, Some("name")),
            Self::VersionChanged => (StatusCode::PRECONDITION_FAILED, Code::VersionChanged, None),
            Self::KeptBeside(_) => (StatusCode::PRECONDITION_FAILED, Code::VersionChanged, None),
            Self::CurrentVersion => (StatusCode::CONFLICT, Code::CurrentVersion, None),
            Self::FolderGone => (StatusCode::CONFLICT, Code::FolderGone, Some("folder_id")),
            Self::ChecksumMismatch => (checksum_mismatch(), Code::ChecksumMismatch, None),
            Self::ContentUnknown => (StatusCode::NOT_FOUND, Code::ContentUnknown, None),
            Self::FinalUpload => (StatusCode::FORBIDDEN, Code::FinalUpload, None),
            Self::MediaType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::MediaTypeUnsupported, None),
            Self::OffsetMismatch(_) => (StatusCode::CONFLICT, Code::OffsetMismatch, None),
            Self::TooManyUploads => (StatusCode::TOO_MANY_REQUESTS, Code::TooManyUploads, None),
            Self::TusVersion => (StatusCode::PRECONDITION_FAILED, Code::TusVersionUnsupported, None),
            Self::UploadBusy => (StatusCode::LOCKED, Code::UploadBusy, None),
            Self::UploadGone => (StatusCode::GONE, Code::UploadGone, None),
            Self::WorkspaceBusy => (StatusCode::CONFLICT, Code::WorkspaceBusy, None),
            Self::AboveYou => (StatusCode::FORBIDDEN, Code::AboveYou, None),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, Code::Busy, None),
            Self::ChallengeExpired => (StatusCode::UNAUTHORIZED, Code::ChallengeExpired, None),
            Self::CodeUsed => (StatusCode::UNAUTHORIZED, Code::CodeUsed, None),
            Self::ConfirmationRequired => (StatusCode::FORBIDDEN, Code::ConfirmationRequired, None),
            Self::ElevationRequired => (StatusCode::FORBIDDEN, Code::ElevationRequired, None),
            Self::EmailInvalid => (StatusCode::UNPROCESSABLE_ENTITY, Code::EmailInvalid, Some("email")),
            Self::FactorExists => (StatusCode::CONFLICT, Code::FactorExists, None),
            Self::FactorInvalid => (StatusCode::UNAUTHORIZED, Code::FactorInvalid, None),
            Self::FieldInvalid(field, _) => (StatusCode::UNPROCESSABLE_ENTITY, Code::FieldInvalid, Some(field)),
            Self::EmergencyOngoing => (StatusCode::CONFLICT, Code::EmergencyOngoing, None),
            Self::RecoveryHold(_) => (StatusCode::FORBIDDEN, Code::RecoveryHold, None),
            Self::SecondPersonNeeded => (StatusCode::FORBIDDEN, Code::SecondPersonNeeded, None),
            Self::SettingsRightRequired => (StatusCode::FORBIDDEN, Code::SettingsRightRequired, None),
            Self::GrantsMoreThanHeld => (StatusCode::FORBIDDEN, Code::GrantsMoreThanHeld, None),
            Self::LastAdministrator => (StatusCode::CONFLICT, Code::LastAdministrator, None),
            Self::LastFactor => (StatusCode::CONFLICT, Code::LastFactor, None),
            Self::OwnAccount => (StatusCode::FORBIDDEN, Code::OwnAccount, None),
            Self::RequestOpen => (StatusCode::CONFLICT, Code::RequestOpen, None),
            Self::LastWayIn => (StatusCode::CONFLICT, Code::LastWayIn, None),
            Self::IssuerInvalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, Code::IssuerInvalid, Some("issuer")),
            Self::IssuerTaken => (StatusCode::CONFLICT, Code::IssuerTaken, Some("issuer")),
            Self::ProviderUnavailable => (StatusCode::SERVICE_UNAVAILABLE, Code::ProviderUnavailable, None),
            Self::RoleNotForProviders => {
                (StatusCode::UNPROCESSABLE_ENTITY, Code::RoleNotForProviders, Some("group_roles"))
            }
            Self::OwnRequest => (StatusCode::FORBIDDEN, Code::OwnRequest, None),
            Self::PasskeyCloned => (StatusCode::UNAUTHORIZED, Code::PasskeyCloned, None),
            Self::PasskeyInvalid => (StatusCode::UNAUTHORIZED, Code::PasskeyInvalid, None),
            Self::PasskeysUnavailable => (StatusCode::CONFLICT, Code::PasskeysUnavailable, None),
            Self::PasswordCommon => (StatusCode::UNPROCESSABLE_ENTITY, Code::PasswordCommon, Some("password")),
            Self::PasswordWeak => (StatusCode::UNPROCESSABLE_ENTITY, Code::PasswordWeak, Some("password")),
            Self::RoleInUse => (StatusCode::CONFLICT, Code::RoleInUse, None),
            Self::ScopeTooSmall => (StatusCode::FORBIDDEN, Code::ScopeTooSmall, None),
            Self::SecondFactorMissing => (StatusCode::FORBIDDEN, Code::SecondFactorMissing, None),
            Self::SecondFactorRequired => (StatusCode::FORBIDDEN, Code::SecondFactorRequired, None),
            Self::SessionExpired => (StatusCode::UNAUTHORIZED, Code::SessionExpired, None),
            Self::SessionReused => (StatusCode::UNAUTHORIZED, Code::SessionReused, None),
            Self::SignInExpired => (StatusCode::UNAUTHORIZED, Code::SignInExpired, None),
            Self::LastManager => (StatusCode::CONFLICT, Code::LastManager, None),
            Self::PersonalSpace => (StatusCode::CONFLICT, Code::PersonalSpace, None),
            Self::QuotaExceeded(_) => (StatusCode::INSUFFICIENT_STORAGE, Code::QuotaExceeded, None),
            Self::SpaceArchived => (StatusCode::CONFLICT, Code::SpaceArchived, None),
        }
    }

    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.parts().1
    }

    /// The code as it stands in answers and in the log.
    pub(crate) fn code_text(&self) -> String {
        serde_json::to_value(self.code()).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// A member of the request is not what it may be.
    pub(crate) fn field(name: &'static str, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::FieldInvalid(name, sentence.into())
    }

    /// The same error for somebody who does not hear how full a space is.
    pub(crate) fn without_numbers(self) -> Self {
        match self {
            Self::QuotaExceeded(_) => Self::QuotaExceeded(None),
            other => other,
        }
    }

    /// Nothing that the sender could have done better.
    pub(crate) fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(error))
    }

    /// Too many tries; the next one is looked at after `wait`.
    pub(crate) fn wait(wait: Duration) -> Self {
        Self::TooManyRequests(wait.whole_seconds().max(0) + 1)
    }
}
