//! Other servers that say who somebody is (OpenID Connect). A person is known by provider and subject, never by name or e-mail
//! (T-17); roles come from a map on this side that cannot give administration.

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod back_channel;
mod client;
mod http;
mod id_token;
mod journey;
mod known;
mod logout_token;
mod person;
mod profile;
pub(crate) mod sign_in;

pub(crate) use known::Known;

/// What a provider's secret is sealed for.
const SECRET_PURPOSE: &str = "identity provider";
