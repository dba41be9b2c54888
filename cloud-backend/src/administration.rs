//! What the owner of the machine does on the command line: people, tokens, app passwords. Each act is in the log like any other.

use time::Duration;

use crate::{
    api_error::ApiError,
    audit::Action,
    authz::{LocalAdministrator, Role},
    people::parse_reason,
    session::{
        Passwords, SCOPES, parse_password,
        profile::{parse_email, parse_profile},
        secrets::{APP_PASSWORD_PREFIX, PERSONAL_PREFIX, hash_secret, new_token},
    },
    store::{ListedUser, NewToken, NewUser, Store, StoreError, TokenKind},
};

/// Why an act of the command line failed.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    #[error("There is no user of this name.")]
    NoSuchUser,
    #[error("A user of this name exists.")]
    UserExists,
    #[error("A scope is one of files:read, files:write.")]
    UnknownScope,
    #[error("The last administrator stays. Make somebody else administrator first.")]
    LastAdministrator,
    #[error("{0}")]
    Refused(ApiError),
    #[error("the database failed")]
    Store(#[source] StoreError),
}

impl From<StoreError> for AdministrationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NoSuchUser,
            StoreError::Exists => Self::UserExists,
            StoreError::LastAdministrator => Self::LastAdministrator,
            other => Self::Store(other),
        }
    }
}

impl From<getrandom::Error> for AdministrationError {
    fn from(error: getrandom::Error) -> Self {
        Self::Refused(ApiError::Internal(Box::new(error)))
    }
}

/// Makes a person.
///
/// # Errors
/// [`AdministrationError::UserExists`]; [`AdministrationError::Refused`] when the name or the password breaks a rule.
pub async fn create_user(
    store: &Store,
    passwords: &Passwords,
    name: &str,
    password: &str,
    roles: &[Role],
) -> Result<(), AdministrationError> {
    create_account(store, passwords, name, Some(password), "", roles).await
}

/// Makes a person, or without a password a service account.
///
/// # Errors
/// [`AdministrationError::UserExists`]; [`AdministrationError::Refused`] when the name, the address or the password breaks a rule.
pub async fn create_account(
    store: &Store,
    passwords: &Passwords,
    name: &str,
    password: Option<&str>,
    email: &str,
    roles: &[Role],
) -> Result<(), AdministrationError> {
    let (name, display_name, language) = parse_profile(name, "", "en").map_err(AdministrationError::Refused)?;
    let email = parse_email(email).map_err(AdministrationError::Refused)?;
    let hash = match password {
        Some(password) => {
            parse_password(password, &[name]).map_err(AdministrationError::Refused)?;
            Some(hash(passwords, password).await?)
        }
        None => None,
    };
    let roles: Vec<_> = roles.iter().copied().map(Role::id).collect();
    let user = NewUser {
        name,
        display_name,
        language,
        email,
        service: password.is_none(),
        password_hash: hash.as_deref(),
        roles: &roles,
    };
    store.audited(&LocalAdministrator::of_machine(), Action::UserCreate, async |w| w.create_user(&user).await).await?;
    Ok(())
}

/// Removes all second factors of somebody who lost them, and ends their sessions.
///
/// # Errors
/// [`AdministrationError::NoSuchUser`]; [`AdministrationError::Refused`] without a reason.
pub async fn reset_factors(store: &Store, name: &str, reason: &str) -> Result<(), AdministrationError> {
    let reason = parse_reason(reason, 10).map_err(AdministrationError::Refused)?;
    Ok(store
        .audited(&LocalAdministrator::of_machine(), Action::FactorsReset, async |w| w.reset_factors(name, reason).await)
        .await?)
}

/// Gives somebody a system role, or takes it from them.
///
/// # Errors
/// [`AdministrationError::NoSuchUser`], [`AdministrationError::LastAdministrator`].
pub async fn change_role(store: &Store, name: &str, role: Role, give: bool) -> Result<(), AdministrationError> {
    Ok(store
        .audited(&LocalAdministrator::of_machine(), Action::UserRoles, async |w| w.change_role(name, role, give).await)
        .await?)
}

/// All people.
///
/// # Errors
/// [`AdministrationError::Store`] when the database fails.
pub async fn list_users(store: &Store) -> Result<Vec<ListedUser>, AdministrationError> {
    Ok(store.users(&LocalAdministrator::of_machine()).await?)
}

/// Ends a person's sessions and tokens; they cannot sign in any more.
///
/// # Errors
/// [`AdministrationError::NoSuchUser`], [`AdministrationError::LastAdministrator`].
pub async fn disable_user(store: &Store, name: &str) -> Result<(), AdministrationError> {
    Ok(store
        .audited(&LocalAdministrator::of_machine(), Action::UserDisable, async |w| w.disable_user(name).await)
        .await?)
}

/// Sets a new password, enables the person again and ends what was open in their name.
///
/// # Errors
/// [`AdministrationError::NoSuchUser`]; [`AdministrationError::Refused`] when the password breaks a rule.
pub async fn reset_user(
    store: &Store,
    passwords: &Passwords,
    name: &str,
    password: &str,
) -> Result<(), AdministrationError> {
    parse_password(password, &[name]).map_err(AdministrationError::Refused)?;
    let hash = hash(passwords, password).await?;
    Ok(store
        .audited(&LocalAdministrator::of_machine(), Action::UserReset, async |w| w.reset_user(name, &hash).await)
        .await?)
}

/// A personal access token that works for some days. The secret is in no other place than the answer.
///
/// # Errors
/// [`AdministrationError::NoSuchUser`], [`AdministrationError::UnknownScope`].
pub async fn create_token(
    store: &Store,
    user: &str,
    scopes: &[String],
    days: u16,
) -> Result<String, AdministrationError> {
    if scopes.is_empty() || scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return Err(AdministrationError::UnknownScope);
    }
    let secret = new_token(PERSONAL_PREFIX)?;
    let (hash, scopes) = (hash_secret(&secret), scopes.join(" "));
    store
        .audited(&LocalAdministrator::of_machine(), Action::TokenCreate, async |w| {
            let valid = Some(Duration::days(i64::from(days)));
            let token = NewToken {
                kind: TokenKind::Personal,
                label: "",
                secret_hash: &hash,
                scopes: &scopes,
                addresses: None,
                valid,
            };
            w.create_token_of(user, &token).await
        })
        .await?;
    Ok(secret)
}

/// A password for one program, for example a sync client.
///
/// # Errors
/// [`AdministrationError::NoSuchUser`].
pub async fn create_app_password(store: &Store, user: &str, label: &str) -> Result<String, AdministrationError> {
    let secret = new_token(APP_PASSWORD_PREFIX)?;
    let hash = hash_secret(&secret);
    store
        .audited(&LocalAdministrator::of_machine(), Action::AppPasswordCreate, async |w| {
            let token = NewToken {
                kind: TokenKind::AppPassword,
                label,
                secret_hash: &hash,
                scopes: "files:read files:write",
                addresses: None,
                valid: None,
            };
            w.create_token_of(user, &token).await
        })
        .await?;
    Ok(secret)
}

async fn hash(passwords: &Passwords, password: &str) -> Result<String, AdministrationError> {
    passwords.hash(password).await.map_err(|e| AdministrationError::Refused(e.into()))
}
