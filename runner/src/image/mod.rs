//! The image that workspaces run: a recipe that is data, a tag that is the recipe's hash, and how it is built.

mod build;
mod recipe;
mod verify;

use std::path::Path;

pub use build::{BuildError, build, build_archive};
pub use verify::Flaw;

use crate::container::{Engine, EngineError};

const REPOSITORY: &str = "carrel-workspace";

/// The tag of the image that this program's recipe makes: 12 hexadecimal digits.
#[must_use]
pub fn tag() -> String {
    recipe::hash()
}

/// The image's name and tag, as [`crate::Config::image`] takes it.
#[must_use]
pub fn reference() -> String {
    format!("{REPOSITORY}:{}", tag())
}

/// Docker could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("Docker did not answer on its socket; is it running?")]
pub struct NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Whether Docker has the image.
///
/// # Errors
/// [`NoAnswer`] when Docker does not answer.
pub async fn present(docker_socket: &Path) -> Result<bool, NoAnswer> {
    let engine = Engine::new(docker_socket.to_owned());
    let found = async { engine.connected().await?.image_id(&reference()).await };
    match found.await {
        Ok(_) => Ok(true),
        Err(EngineError::NotFound(_)) => Ok(false),
        Err(error) => Err(NoAnswer(Box::new(error))),
    }
}
