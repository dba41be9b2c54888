//! The cloud backend from a data folder and settings.

use std::sync::Arc;

use anyhow::Context as _;
use carrel_cloud_backend::{
    Cloud, Config,
    content::ContentStore,
    session::Passwords,
    store::{PersonalKey, Store},
};
use carrel_service_auth::{
    Service, ServiceSecret,
    grant::Issuer,
    request::{RequestKeys, Verifier},
};
use ed25519_dalek::SigningKey;

use crate::{data_folder::DataFolder, settings::Serve};

/// Name of the one runner of an embedded installation, in grants.
pub(crate) const RUNNER_AUDIENCE: &str = "runner/local";
/// Name of the grant key.
pub(crate) const GRANT_KEY_ID: &str = "1";

/// The database of an instance, opened and up to date.
pub(crate) async fn open_store(folder: &DataFolder) -> anyhow::Result<Store> {
    let personal = PersonalKey::new(folder.secrets()?.get_or_make("personal-key")?);
    let store = Store::open(&folder.database_url(), personal, "1").await?;
    Ok(store)
}

/// How passwords are hashed here.
pub(crate) fn passwords(folder: &DataFolder) -> anyhow::Result<Passwords> {
    Ok(Passwords::new(folder.secrets()?.get_or_make("password-pepper")?.to_vec())?)
}

/// The state of the cloud backend.
pub(crate) async fn open(folder: &DataFolder, options: &Serve, ide_base: &str) -> anyhow::Result<Cloud> {
    let secrets = folder.secrets()?;
    let grant_key = SigningKey::from_bytes(&secrets.get_or_make("grant-key")?);
    let store = open_store(folder).await?;
    let blob_key = secrets.get_or_make("blob-key")?;
    let store_folder = folder.store(options.store_url.as_deref())?;
    ContentStore::clear_staging(&store_folder).await?;
    let content = ContentStore::local(&store_folder, blob_key).await?;
    let config = Config {
        public_origin: options.public_origin.trim_end_matches('/').to_owned(),
        trusted_proxies: options.trusted_proxies.clone(),
        max_upload_bytes: options.max_upload_bytes,
        log_origin: log_origin(&options.public_origin),
        signer_socket: Some(folder.signer_socket()),
        ide_base: ide_base.to_owned(),
        runner_audience: RUNNER_AUDIENCE.to_owned(),
        sandbox_limits: options.limits.as_limits(),
    };
    Ok(Cloud::new(store, content, passwords(folder)?, Issuer::new(grant_key, GRANT_KEY_ID), config))
}

/// Makes what the other processes read: the shared secret and the public half of the grant key.
pub(crate) fn prepare_secrets(folder: &DataFolder) -> anyhow::Result<()> {
    let secrets = folder.secrets()?;
    secrets.get_or_make("service-secret")?;
    let grant_key = SigningKey::from_bytes(&secrets.get_or_make("grant-key")?);
    secrets.publish("grant-key.pub", &hex::encode(grant_key.verifying_key().to_bytes()))
}

/// The secret that services sign their requests with.
pub(crate) fn service_secret(folder: &DataFolder) -> anyhow::Result<ServiceSecret> {
    let bytes = folder.secrets()?.get("service-secret")?;
    ServiceSecret::from_bytes(&bytes).context("the service secret is not valid")
}

/// Checks requests of the IDE backend.
pub(crate) fn internal_verifier(folder: &DataFolder) -> anyhow::Result<Arc<Verifier>> {
    let keys = RequestKeys::new(&service_secret(folder)?, Service::Ide, Service::Cloud);
    Ok(Arc::new(Verifier::new([keys], carrel_service_auth::unix_ms())))
}

/// `<host>/audit/1`: the name of the log in its checkpoints.
pub(crate) fn log_origin(public_origin: &str) -> String {
    let host = public_origin.split("://").nth(1).unwrap_or("localhost").trim_end_matches('/');
    format!("{host}/audit/1")
}
