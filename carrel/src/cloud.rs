//! The cloud backend from a data folder and settings.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use carrel_cloud_backend::{
    Cloud, Config,
    session::Passwords,
    store::{PersonalKey, Store},
};
use carrel_outgoing::{Outgoing, Policy};
use carrel_service_auth::{
    Service, ServiceSecret,
    grant::Issuer,
    request::{RequestKeys, Verifier},
};

use crate::{
    data_folder::DataFolder,
    instance::{Instance, parts},
    settings::Serve,
};

/// Name of the one runner of an embedded installation, in grants.
pub(crate) const RUNNER_AUDIENCE: &str = "runner/local";
/// The replica's name in the log.
const NODE: &str = "1";
/// Name of the grant key.
pub(crate) const GRANT_KEY_ID: &str = "1";

/// The database of an instance, opened and up to date, and the instance's secrets. On a new data folder both are made; a log that
/// begins is named after `public_origin`.
pub(crate) async fn open_store(folder: &DataFolder, public_origin: &str) -> anyhow::Result<(Store, Instance)> {
    let instance = Instance::open_or_make(folder, public_origin)?;
    let store = Store::open(&folder.database_url(), PersonalKey::new(instance.personal_key()?), NODE).await?;
    if instance.new && store.user_exists().await? {
        store.close().await;
        instance.discard(folder)?;
        bail!(
            "the database has users, and {} is missing: restore that folder from a backup",
            folder.secrets_folder().display()
        );
    }
    Ok((store, instance))
}

/// The database of an instance as it is, for looking at it: nothing is made and nothing is changed.
pub(crate) async fn open_store_as_it_is(folder: &DataFolder) -> anyhow::Result<Store> {
    let instance = Instance::open(folder)?;
    Ok(Store::open_as_it_is(&folder.database_url(), PersonalKey::new(instance.personal_key()?), NODE).await?)
}

/// How passwords are hashed here.
pub(crate) fn passwords(instance: &Instance) -> anyhow::Result<Passwords> {
    Ok(Passwords::new(instance.password_pepper()?.to_vec())?)
}

/// The state of the cloud backend.
pub(crate) async fn open(
    folder: &DataFolder,
    options: &Serve,
    (store, instance): (Store, Instance),
    ide_base: &str,
) -> anyhow::Result<Cloud> {
    let content = options.content.open(folder, instance.blob_key()?).await.context("opening the content store")?;
    let mailer = options.mail.mailer()?;
    if mailer.is_some() && options.public_origin.is_empty() {
        bail!("CARREL_SMTP_URL needs CARREL_PUBLIC_ORIGIN: links in mails have to lead here");
    }
    let config = Config {
        public_origin: options.public_origin.clone(),
        trusted_proxies: options.trusted_proxies.clone(),
        cors_origins: options.cors_origins.clone(),
        request_limits: options.requests.as_limits(),
        max_upload_bytes: options.max_upload_bytes,
        default_quota_bytes: options.default_quota,
        nextcloud: options.nextcloud,
        keep: options.keep.as_policy(),
        log_origin: instance.log_name()?,
        signer_socket: Some(folder.signer_socket()),
        ide_base: ide_base.to_owned(),
        runner_audience: RUNNER_AUDIENCE.to_owned(),
        outgoing: outgoing(options)?,
        sandbox_limits: options.limits.as_limits(),
        mailer,
    };
    let issuer = Issuer::new(instance.grant_key()?, GRANT_KEY_ID);
    Ok(Cloud::new(store, content, passwords(&instance)?, issuer, config))
}

/// The client for other servers. It never asks this installation itself, except where the settings say so.
fn outgoing(options: &Serve) -> anyhow::Result<Outgoing> {
    let mut policy = Policy::public().allowing(&options.outgoing_allow).context("CARREL_OUTGOING_ALLOW")?;
    if let Some(host) = options.public_origin.parse::<url::Url>().ok().as_ref().and_then(url::Url::host_str) {
        policy = policy.without(host);
    }
    Ok(Outgoing::new(policy)?)
}

/// The secret that services sign their requests with.
pub(crate) fn service_secret(folder: &DataFolder) -> anyhow::Result<ServiceSecret> {
    ServiceSecret::from_bytes(&parts::service_secret(folder)?).context("the service secret is not valid")
}

/// Checks requests of the IDE backend.
pub(crate) fn internal_verifier(folder: &DataFolder) -> anyhow::Result<Arc<Verifier>> {
    let keys = RequestKeys::new(&service_secret(folder)?, Service::Ide, Service::Cloud);
    Ok(Arc::new(Verifier::new([keys], carrel_service_auth::unix_ms())))
}
