//! What every request passes before a handler, and what stands on every answer afterwards.

mod cors;
mod cross_site;
mod headers;
mod limits;
mod reports;
