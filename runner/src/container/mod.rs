//! Docker, as far as the runner uses it: one place that dials its socket, and the few calls on containers. What a
//! container may do is not decided here but in [`crate::profile`].

mod calls;
mod engine;

pub(crate) use calls::{Ended, Found};
pub(crate) use engine::{Connected, Engine, EngineError};
