//! What an error of another layer means to whoever asked.

use actix_web::{
    HttpRequest,
    error::{JsonPayloadError, QueryPayloadError, UrlencodedError},
};

use super::{ApiError, Shortage};
use crate::{
    authz::{AccessError, GrantError, InvalidName, PersonAccessError, RoleAccessError},
    content::ContentError,
    session::PasswordError,
    store::{InvalidFilter, StoreError},
};

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::NameTaken => Self::NameTaken,
            StoreError::VersionChanged => Self::VersionChanged,
            StoreError::CurrentVersion => Self::CurrentVersion,
            StoreError::FolderGone => Self::FolderGone,
            StoreError::ContentGone(_) => Self::Busy,
            StoreError::InsideItself => Self::FolderInsideItself,
            StoreError::Locked => Self::Locked,
            StoreError::CopyTooLarge => Self::CopyTooLarge,
            StoreError::TooManyLocks => Self::TooManyLocks,
            StoreError::TooManyProperties => Self::TooManyProperties,
            StoreError::LastAdministrator => Self::LastAdministrator,
            StoreError::LastFactor => Self::LastFactor,
            StoreError::RoleInUse => Self::RoleInUse,
            StoreError::LastWayIn => Self::LastWayIn,
            StoreError::SecondPersonNeeded => Self::SecondPersonNeeded,
            StoreError::RuleLoosened => Self::SettingsRightRequired,
            StoreError::RoleNotForProviders => Self::RoleNotForProviders,
            StoreError::LastManager => Self::LastManager,
            StoreError::PersonalSpace => Self::PersonalSpace,
            StoreError::SpaceArchived => Self::SpaceArchived,
            StoreError::QuotaExceeded { free, needed } => Self::QuotaExceeded(Some(Shortage { free, needed })),
            StoreError::Exists
            | StoreError::Entry(_)
            | StoreError::Log(_)
            | StoreError::Personal(_)
            | StoreError::NotCommitted(_)
            | StoreError::Database(_) => Self::Internal(Box::new(error)),
        }
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::NotFound => Self::NotFound,
            AccessError::ScopeTooSmall => Self::ScopeTooSmall,
            AccessError::ElevationRequired => Self::ElevationRequired,
            AccessError::ConfirmationRequired => Self::ConfirmationRequired,
            AccessError::SpaceArchived => Self::SpaceArchived,
            AccessError::Store(error) => error.into(),
        }
    }
}

impl From<PersonAccessError> for ApiError {
    fn from(error: PersonAccessError) -> Self {
        match error {
            PersonAccessError::Access(error) => error.into(),
            PersonAccessError::AboveYou => Self::AboveYou,
        }
    }
}

impl From<GrantError> for ApiError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::MoreThanHeld => Self::GrantsMoreThanHeld,
            GrantError::NoSuchRole => Self::BadRequest("there is no such role".to_owned()),
            GrantError::Recovered(until) => Self::RecoveryHold(until),
            GrantError::AsksForLess => Self::SettingsRightRequired,
            GrantError::Store(error) => error.into(),
        }
    }
}

impl From<RoleAccessError> for ApiError {
    fn from(error: RoleAccessError) -> Self {
        match error {
            RoleAccessError::Access(error) => error.into(),
            RoleAccessError::Grant(error) => error.into(),
            RoleAccessError::OwnRequest => Self::OwnRequest,
        }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::Busy,
            other => Self::internal(other),
        }
    }
}

impl From<ContentError> for ApiError {
    fn from(error: ContentError) -> Self {
        match error {
            ContentError::Missing | ContentError::Store(_) => Self::Internal(Box::new(error)),
            other => Self::Content(other),
        }
    }
}

impl From<InvalidFilter> for ApiError {
    fn from(error: InvalidFilter) -> Self {
        Self::BadRequest(error.to_string())
    }
}

impl From<InvalidName> for ApiError {
    fn from(error: InvalidName) -> Self {
        Self::NameInvalid(error)
    }
}

/// The envelope for JSON that cannot be taken: too large, or not what the route expects.
pub(crate) fn bad_json(error: JsonPayloadError, _: &HttpRequest) -> actix_web::Error {
    let limit = match error {
        JsonPayloadError::OverflowKnownLength { limit, .. } | JsonPayloadError::Overflow { limit } => limit,
        JsonPayloadError::ContentType => {
            return ApiError::BadRequest("send the body as application/json".to_owned()).into();
        }
        JsonPayloadError::Deserialize(error) => {
            return ApiError::BadRequest(format!("the body is not the JSON that is expected here: {error}")).into();
        }
        other => return ApiError::BadRequest(other.to_string()).into(),
    };
    ApiError::Content(ContentError::TooLarge(limit as u64)).into()
}

/// The envelope for a form that cannot be taken.
pub(crate) fn bad_form(error: UrlencodedError, _: &HttpRequest) -> actix_web::Error {
    match error {
        UrlencodedError::Overflow { limit, .. } => ApiError::Content(ContentError::TooLarge(limit as u64)).into(),
        _ => ApiError::BadRequest("the body is not the form that is expected here".to_owned()).into(),
    }
}

/// The envelope for parameters that actix refuses before a handler runs.
pub(crate) fn bad_query(error: QueryPayloadError, _: &HttpRequest) -> actix_web::Error {
    let reason = match error {
        QueryPayloadError::Deserialize(error) => error.to_string(),
        other => other.to_string(),
    };
    ApiError::BadRequest(format!("a parameter in the address is not as expected: {reason}")).into()
}
