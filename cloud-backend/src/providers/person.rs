//! From a provider's person to a person here: found by provider and subject, or made anew where the provider may (T-17).

use carrel_ids::UserId;

use super::{id_token::Person, profile, sign_in::Problem};
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::Action,
    authz::ProviderAssertion,
    store::{Hindered, Hindrance, NewExternalUser, StoreError, Timestamp},
};

/// How often a new person is tried to be made when somebody else takes the name in the same moment.
const TRIES: u32 = 3;

/// The person whom the provider means: known by its subject, or made anew where the provider may.
pub(super) async fn known_or_made(
    cloud: &Cloud,
    word: &ProviderAssertion,
    person: &Person,
    token_hash: &[u8; 32],
) -> Result<Result<UserId, Problem>, ApiError> {
    let Some(row) = cloud.store.enabled_provider(word.provider()).await? else {
        return Ok(Err(Problem::ProviderUnavailable));
    };
    let roles: Vec<_> = person.groups.iter().filter_map(|group| row.group_roles.get(group)).copied().collect();
    let until = Timestamp::from(person.expires_at);
    let known = cloud
        .store
        .audited(word, Action::IdentityUse, async |w| {
            w.use_assertion(token_hash, until).await?;
            // Nothing is noted of somebody whom nobody knows; the word may then make them a user.
            let user = w.known_user().await?.ok_or(Unknown::Person)?;
            w.set_provided_roles(user, &roles).await?;
            Ok::<_, Unknown>(user)
        })
        .await;
    match known {
        Ok(user) => return Ok(Ok(user)),
        Err(Unknown::Person) if row.make_users => {}
        Err(Unknown::Person) => return Ok(Err(Problem::IdentityUnknown)),
        Err(Unknown::Store(StoreError::NotFound)) => return Ok(Err(Problem::SignInRefused)),
        Err(Unknown::Store(StoreError::Exists)) => return Ok(Err(Problem::ProviderAnswerInvalid)),
        Err(Unknown::Store(error)) => return Err(error.into()),
    }
    let name = profile::user_name(person);
    let new = NewExternalUser {
        display_name: &profile::display_name(person, &name),
        name: &name,
        language: "en",
        email: profile::email(person),
    };
    for attempt in 1.. {
        let made = cloud
            .store
            .audited(word, Action::UserCreate, async |w| {
                w.use_assertion(token_hash, until).await?;
                let user = w.make_user(&new).await?;
                w.set_provided_roles(user, &roles).await?;
                Ok::<_, StoreError>(user)
            })
            .await;
        match made {
            Ok(user) => return Ok(Ok(user)),
            Err(StoreError::Exists) if attempt < TRIES => {}
            Err(StoreError::Exists | StoreError::NameTaken) => return Ok(Err(Problem::SignInRefused)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Err(Problem::SignInRefused))
}

enum Unknown {
    Person,
    Store(StoreError),
}

impl Hindered for Unknown {
    fn hindrance(&self) -> Option<Hindrance> {
        match self {
            Self::Person => None,
            Self::Store(error) => error.hindrance(),
        }
    }
}

impl From<StoreError> for Unknown {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
