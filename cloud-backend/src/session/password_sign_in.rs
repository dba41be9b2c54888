//! Checks a name and a password. What is wrong with them cannot be told from the answer, nor from the time that it takes (T-02).

use actix_web::HttpRequest;
use hmac::Mac as _;
use time::Duration;

use super::{begin::FirstFactor, cookie::CookieKind, extract::request_context, mac::mac, password, sign_in::SignIn};
use crate::{
    api_error::ApiError,
    app::Cloud,
    audit::{Action, Outcome},
    authz::{RequestContext, SignInAttempt, SystemTask, Target},
    store::{Limit, SessionMethod, StoreError, Throttle, UserRow},
};

/// Tries from one network: a whole office sits behind an address, so many are free; a device that is known has no part in it.
const PER_NETWORK: Limit = Limit { every: Duration::seconds(1), burst: 100 };
/// Tries of one password, whosever name they are for (spraying).
const PER_PASSWORD: Limit = Limit { every: Duration::seconds(30), burst: 20 };
/// Consecutive failures after which the password is worth nothing (NIST SP 800-63B-4, 3.2.2).
const LAST_FAILURE: i64 = 100;

/// The person whose name and password these are.
pub(super) async fn check_password(
    cloud: &Cloud,
    request: &HttpRequest,
    given: &SignIn,
) -> Result<FirstFactor, ApiError> {
    let context = request_context(request);
    if given.password.len() > password::MAX_BYTES || given.name.len() > 256 {
        return Err(ApiError::CredentialsInvalid);
    }
    let user = cloud.store.user_by_name(&given.name).await?;
    let device = CookieKind::Device
        .read(request, cloud.config.is_https())
        .and_then(|cookie| cloud.devices.verify(user.as_ref()?.id, &cookie));
    let keys = Keys::new(cloud, given, &context, device);
    // T-01: what is turned away for want of room is no try of anybody's.
    let place = cloud.passwords.enter()?;
    let failures = keys.charge(cloud).await?;
    let hash = user.as_ref().filter(|user| user.active && !user.service).and_then(|user| user.password_hash.as_deref());
    let right = cloud.passwords.verify(place, &given.password, hash).await?;
    let verified = user.as_ref().filter(|_| right).and_then(|user| Some((user, user.password_hash.clone()?)));
    let Some((user, password_hash)) = verified else {
        refuse(cloud, context, user.as_ref(), &given.name, failures).await?;
        return Err(ApiError::CredentialsInvalid);
    };
    keys.refund(cloud).await?;
    let rehashed = match cloud.passwords.is_outdated(&password_hash) {
        true => Some(cloud.passwords.hash(&given.password).await?),
        false => None,
    };
    Ok(FirstFactor {
        user: user.id,
        method: SessionMethod::Password,
        password_hash: Some(password_hash),
        rehashed,
        stay: given.stay,
        provider: None,
    })
}

/// What a try is counted under.
struct Keys {
    /// None for a known device.
    network: Option<String>,
    password: Option<String>,
    /// Of the device if it is known, else of the name.
    account: String,
    name: String,
}

impl Keys {
    fn new(cloud: &Cloud, given: &SignIn, context: &RequestContext, device: Option<String>) -> Self {
        let name = format!("sign-in/name/{}", given.name.to_lowercase());
        if let Some(device) = device {
            return Self { network: None, password: None, account: format!("sign-in/device/{device}"), name };
        }
        let mut mac = mac(&cloud.passwords.derived_key("sign-in password"));
        mac.update(given.password.as_bytes());
        let tag = mac.finalize().into_bytes();
        Self {
            network: Some(format!("sign-in/network/{}", context.network_prefix())),
            // Too few bytes to tell one password from all others.
            password: Some(format!("sign-in/password/{}", hex::encode(&tag[..4]))),
            account: name.clone(),
            name,
        }
    }

    /// Charged before the password is looked at, so that guessing in parallel gains nothing. The network first: who has no more
    /// turns cannot take those of a name.
    async fn charge(&self, cloud: &Cloud) -> Result<i64, ApiError> {
        for (key, limit) in [(&self.network, PER_NETWORK), (&self.password, PER_PASSWORD)] {
            if let Some(key) = key
                && let Err(wait) = cloud.store.take_turn(key, limit).await?
            {
                return Err(ApiError::wait(wait));
            }
        }
        match cloud.store.charge_failure(&self.account).await? {
            Throttle::Free(failures) => Ok(failures),
            Throttle::Wait(wait) => Err(ApiError::wait(wait)),
        }
    }

    async fn refund(&self, cloud: &Cloud) -> Result<(), ApiError> {
        if let Some(key) = &self.password {
            cloud.store.refund_turns(key).await?;
        }
        // The person is there: what others failed at under their name does not add up to the end of the password.
        cloud.store.forget_failures(&self.name).await?;
        Ok(cloud.store.forget_failures(&self.account).await?)
    }
}

async fn refuse(
    cloud: &Cloud,
    context: RequestContext,
    user: Option<&UserRow>,
    name: &str,
    failures: i64,
) -> Result<(), ApiError> {
    let attempt = SignInAttempt::failed(context.clone(), user.map(|user| user.id));
    cloud
        .store
        .audited(&attempt, Action::SessionCreate, async |w| {
            w.set_outcome(Outcome::Denied);
            w.personal("name", name);
            Ok::<_, StoreError>(())
        })
        .await?;
    if let Some(user) = user.filter(|_| failures >= LAST_FAILURE) {
        let task = SystemTask::for_request(Target::User(user.id), context);
        cloud.store.audited(&task, Action::PasswordDisable, async |w| w.disable_password(user.id).await).await?;
    }
    Ok(())
}
