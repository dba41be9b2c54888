//! Making ext4 images.

use std::{
    ffi::OsStr,
    fs::{File, OpenOptions, Permissions},
    io,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, chown},
    path::Path,
    process::Stdio,
};

use tokio::process::Command;

use super::VolumeError;
use crate::profile::SANDBOX_UID;

/// A program of the host failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    #[error("{program} cannot be started")]
    Missing {
        program: &'static str,
        #[source]
        error: io::Error,
    },
    #[error("{program} failed: {output}")]
    Failed { program: &'static str, output: String },
}

/// Runs a program of the host to its end.
pub(super) async fn run<I, S>(program: &'static str, arguments: I) -> Result<(), ToolError>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    #[allow(clippy::disallowed_methods, reason = "the runner makes and mounts volumes")]
    let output = Command::new(program)
        .args(arguments)
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| ToolError::Missing { program, error })?;
    if output.status.success() {
        return Ok(());
    }
    Err(ToolError::Failed { program, output: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}

/// The tree that a new volume begins with: empty folders of the sandbox's user.
pub(super) fn make_skeleton(skeleton: &Path, folders: &[&str]) -> io::Result<()> {
    for folder in folders {
        let path = skeleton.join(folder);
        std::fs::create_dir_all(&path)?;
        // The modes are the volume's, whatever umask the service has.
        std::fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        if rustix::process::geteuid().is_root() {
            chown(&path, Some(SANDBOX_UID), Some(SANDBOX_UID))?;
        }
    }
    Ok(())
}

/// Makes a sparse image of `bytes` with room for `files`, whole or not at all.
pub(super) async fn make_image(image: &Path, skeleton: &Path, bytes: u64, files: u64) -> Result<(), VolumeError> {
    let new = image.with_extension("new");
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.set_len(bytes)?;
    let files = files.to_string();
    run(
        "mkfs.ext4",
        [
            OsStr::new("-q"),
            "-F".as_ref(),
            // No blocks kept back for root, inodes as granted, and nothing written that the first mount would zero anyway.
            "-m".as_ref(),
            "0".as_ref(),
            "-N".as_ref(),
            files.as_ref(),
            "-E".as_ref(),
            "lazy_itable_init=1,lazy_journal_init=1,nodiscard".as_ref(),
            "-d".as_ref(),
            skeleton.as_os_str(),
            new.as_os_str(),
        ],
    )
    .await?;
    file.sync_all()?;
    std::fs::rename(&new, image)?;
    if let Some(folder) = image.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
