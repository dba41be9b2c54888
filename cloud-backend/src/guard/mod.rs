//! What every request passes before a handler and every answer afterwards: limits, proof that our own page asked, who may read from
//! elsewhere. Knows routes by the table alone; must not know the database or what a route does.

mod address;
mod bounded;
mod class;
mod cors;
mod cross_site;
mod layer;
mod limits;
mod page;
mod principal;
pub(crate) mod reports;

use carrel_web_guard::Origins;

pub use class::{Class, RequestLimits};
pub use cors::{CorsOrigin, InvalidOrigin};

pub(crate) use address::client_address;
pub(crate) use layer::layer;
pub(crate) use page::page;
pub(crate) use principal::accept;

use crate::Config;

/// What a sign-out tells the browser to forget. Not `"cookies"`: that takes the cookies of every host under the registered domain, other
/// applications' as well, and with them the mark by which a person's own machine is known. Our cookies are removed by name instead.
pub(crate) const FORGET: (&str, &str) = ("clear-site-data", "\"cache\", \"storage\"");

/// The guard's state, made once from the settings.
#[derive(Debug)]
pub(crate) struct Guard {
    origins: Origins,
    readers: cors::Readers,
    limits: limits::Limits,
}

impl Guard {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            origins: Origins::new([config.public_origin.clone()]),
            readers: cors::Readers::new(&config.cors_origins),
            limits: limits::Limits::new(&config.request_limits),
        }
    }
}
