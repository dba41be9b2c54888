//! What every request passes before a handler, and every answer afterwards.

mod cross_site;
