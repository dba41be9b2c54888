//! Building the image on this machine: language servers from npm without running any of their scripts, Debian from the
//! machine's own package sources, a look at the result, and Docker's import.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use bollard::{body_try_stream, query_parameters::CreateImageOptions};
use futures_util::StreamExt as _;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Command,
};
use tokio_util::io::ReaderStream;

use super::{REPOSITORY, recipe, tag, verify};
use crate::container::{Engine, EngineError};

/// Where Debian hosts list their package sources in the new form.
const HOST_SOURCES: &str = "/etc/apt/sources.list.d/debian.sources";
/// Lines of a failed program's output that are kept for the error.
const KEPT_LINES: usize = 20;

/// The image could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{program} cannot be started: install it (Debian packages: mmdebstrap, npm or nodejs)")]
    ProgramMissing {
        program: &'static str,
        #[source]
        error: io::Error,
    },
    #[error("{program} failed:\n{output}")]
    ProgramFailed { program: &'static str, output: String },
    #[error("the image has a flaw")]
    Flawed(#[from] super::Flaw),
    #[error("the folder for the build cannot be used")]
    Folder(#[source] io::Error),
    #[error("Docker did not take the image")]
    Docker(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Builds the image in `folder`, which must be empty or absent and is left empty, and gives it to Docker under
/// [`super::reference`]. Returns the image's id. Needs root, mmdebstrap and npm; takes minutes. `progress` gets lines for a
/// person.
///
/// # Errors
/// [`BuildError`]; nothing is given to Docker then.
pub async fn build(
    docker_socket: &Path,
    folder: &Path,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<String, BuildError> {
    std::fs::create_dir_all(folder).map_err(BuildError::Folder)?;
    let path = folder.join("carrel-image");
    std::fs::create_dir(&path).map_err(BuildError::Folder)?;
    // From here on it is ours to remove; one that was there is somebody else's.
    let scratch = Scratch(path);
    let archive = build_archive(&scratch.0, progress).await?;
    progress("giving the image to Docker");
    import(docker_socket, &archive).await
}

/// Builds the image's file system as an archive in `scratch` and returns its path. The same recipe and the same packages
/// give the same bytes.
///
/// # Errors
/// [`BuildError`], also when something is in the archive that must not be.
pub async fn build_archive(scratch: &Path, progress: &mut (dyn FnMut(&str) + Send)) -> Result<PathBuf, BuildError> {
    recipe::write(scratch).map_err(BuildError::Folder)?;
    progress("fetching language servers");
    let mut npm = command("npm");
    npm.current_dir(scratch).args([
        "ci",
        // Nothing that was fetched runs on this machine.
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--omit=dev",
    ]);
    run("npm", npm, progress).await?;

    progress("installing Debian packages");
    let archive = scratch.join("image.tar");
    let mut mmdebstrap = command("mmdebstrap");
    mmdebstrap
        .env("SOURCE_DATE_EPOCH", recipe::EPOCH)
        .env("CARREL_TOOLS", scratch)
        // Docker makes the devices of each container itself.
        .args(["--mode=root", "--variant=minbase", "--format=tar", "--skip=output/dev"])
        .arg(format!("--include={}", recipe::packages().collect::<Vec<_>>().join(",")))
        .args(recipe::EXCLUDED.iter().map(|rule| format!("--dpkgopt={rule}")))
        .arg(joined("--customize-hook=", &scratch.join(recipe::CUSTOMIZE)))
        .arg(recipe::SUITE)
        .arg(&archive);
    // Without it mmdebstrap takes deb.debian.org.
    if Path::new(HOST_SOURCES).exists() {
        mmdebstrap.arg(HOST_SOURCES);
    }
    run("mmdebstrap", mmdebstrap, progress).await?;

    progress("looking through the image");
    let path = archive.clone();
    tokio::task::spawn_blocking(move || verify::verify(&path))
        .await
        .map_err(|error| BuildError::Folder(io::Error::other(error)))??;
    Ok(archive)
}

async fn import(docker_socket: &Path, archive: &Path) -> Result<String, BuildError> {
    let failed = |error: EngineError| BuildError::Docker(Box::new(error));
    let docker = Engine::new(docker_socket.to_owned()).connected().await.map_err(failed)?;
    let file = tokio::fs::File::open(archive).await.map_err(BuildError::Folder)?;
    let options = CreateImageOptions {
        from_src: Some("-".into()),
        repo: Some(REPOSITORY.into()),
        tag: Some(tag()),
        ..CreateImageOptions::default()
    };
    let body = body_try_stream(ReaderStream::with_capacity(file, 1 << 20));
    let mut answers = Box::pin(docker.docker.create_image(Some(options), Some(body), None));
    while let Some(answer) = answers.next().await {
        answer.map_err(|error| failed(error.into()))?;
    }
    docker.image_id(&super::reference()).await.map_err(failed)
}

fn command(program: &'static str) -> Command {
    #[allow(clippy::disallowed_methods, reason = "the runner builds the image")]
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .env("LC_ALL", "C.UTF-8")
        .kill_on_drop(true);
    command
}

/// Runs a program to its end and passes on what it says.
async fn run(
    program: &'static str,
    mut command: Command,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<(), BuildError> {
    let start = |error| BuildError::ProgramMissing { program, error };
    let mut child = command.spawn().map_err(start)?;
    let mut kept = std::collections::VecDeque::new();
    if let Some(output) = child.stderr.take() {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            progress(&line);
            if kept.len() == KEPT_LINES {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    }
    let status = child.wait().await.map_err(start)?;
    if status.success() {
        return Ok(());
    }
    Err(BuildError::ProgramFailed { program, output: Vec::from(kept).join("\n") })
}

fn joined(option: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(option);
    text.push(AsRef::<OsStr>::as_ref(path));
    text
}

/// A folder that is removed when the build ends, however it ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, path = %self.0.display(), "a folder of the build stays behind");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_was_there_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let theirs = folder.path().join("carrel-image");
        std::fs::create_dir(&theirs).unwrap();
        std::fs::write(theirs.join("file"), b"kept").unwrap();
        let refused = build(Path::new("/nonexistent"), folder.path(), &mut |_| {}).await;
        assert!(matches!(refused, Err(BuildError::Folder(_))));
        assert_eq!(std::fs::read(theirs.join("file")).unwrap(), b"kept");
    }
}
