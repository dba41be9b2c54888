//! Volumes: per workspace one sparse ext4 image, which limits bytes and inodes hard, mounted while a sandbox runs. In its
//! root lie two folders, the workspace's files and the user's home; only these are mounted into the sandbox, so that
//! nothing inside can reach the root. The runner never opens a path in a mounted volume: a link made inside leads nowhere.

mod filesystem;
mod mounts;

use std::{
    io,
    path::{Path, PathBuf},
};

use carrel_ids::WorkspaceId;

pub(crate) use filesystem::ToolError;

/// Free space of the host's file system that must remain. A volume is sparse: when the host has no space left, what is
/// written into it is lost.
const MIN_FREE_BYTES: u64 = 512 << 20;
/// Folders in the root of a volume.
const FILES: &str = "files";
const HOME: &str = "home";

/// A volume cannot be made, mounted or removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VolumeError {
    #[error("the disk of this machine has less than {} MiB left", MIN_FREE_BYTES >> 20)]
    HostFull,
    #[error("the volume is still in use")]
    InUse,
    #[error("the volume was not mounted where it should be")]
    NotMounted,
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error("the volume's files cannot be handled")]
    Io(#[from] io::Error),
}

/// All volumes of this runner.
#[derive(Debug)]
pub(crate) struct Volumes {
    images: PathBuf,
    mounts: PathBuf,
    skeleton: PathBuf,
}

/// Where the two folders of an open volume are on the host.
#[derive(Debug, Clone)]
pub(crate) struct Folders {
    pub(crate) files: PathBuf,
    pub(crate) home: PathBuf,
}

impl Volumes {
    /// The volumes in `state_dir`, which must be an absolute path without symbolic links.
    pub(crate) fn new(state_dir: &Path) -> io::Result<Self> {
        let volumes = Self {
            images: state_dir.join("volumes"),
            mounts: state_dir.join("mounts"),
            skeleton: state_dir.join("skeleton"),
        };
        for folder in [&volumes.images, &volumes.mounts] {
            std::fs::create_dir_all(folder)?;
        }
        filesystem::make_skeleton(&volumes.skeleton, &[FILES, HOME])?;
        volumes.remove_unfinished()?;
        Ok(volumes)
    }

    /// The places at which an open volume's folders are. They exist from this call on, so that a container can be made
    /// while the volume is mounted.
    pub(crate) fn prepare(&self, workspace: WorkspaceId) -> io::Result<Folders> {
        let root = self.mount_point(workspace);
        let folders = Folders { files: root.join(FILES), home: root.join(HOME) };
        // A mounted volume has them, and must not be touched.
        if !mounts::is_mounted(&root)? {
            std::fs::create_dir_all(&folders.files)?;
            std::fs::create_dir_all(&folders.home)?;
        }
        Ok(folders)
    }

    /// Makes the volume if there is none, and mounts it if it is not. `bytes` and `files` are the limits of a new volume;
    /// one that exists keeps its own.
    pub(crate) async fn open(&self, workspace: WorkspaceId, bytes: u64, files: u64) -> Result<(), VolumeError> {
        let image = self.image(workspace);
        let root = self.mount_point(workspace);
        if mounts::is_mounted(&root)? {
            return Ok(());
        }
        if self.free_bytes()? < MIN_FREE_BYTES {
            return Err(VolumeError::HostFull);
        }
        if !image.try_exists()? {
            filesystem::make_image(&image, &self.skeleton, bytes, files).await?;
        }
        mounts::mount(&image, &root).await?;
        if !mounts::is_mounted(&root)? {
            return Err(VolumeError::NotMounted);
        }
        Ok(())
    }

    /// Unmounts the volume; its content stays. One that is not mounted is fine.
    pub(crate) async fn close(&self, workspace: WorkspaceId) -> Result<(), VolumeError> {
        let root = self.mount_point(workspace);
        mounts::unmount(&root).await?;
        // Below are only the empty places that `prepare` made.
        for folder in [root.join(FILES), root.join(HOME), root] {
            match std::fs::remove_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        Ok(())
    }

    /// Deletes the volume with its content. One that is not there is fine.
    pub(crate) async fn remove(&self, workspace: WorkspaceId) -> Result<(), VolumeError> {
        self.close(workspace).await?;
        match std::fs::remove_file(self.image(workspace)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Workspaces that have a mount or the place of one.
    pub(crate) fn opened(&self) -> io::Result<Vec<WorkspaceId>> {
        let mut opened = Vec::new();
        for entry in std::fs::read_dir(&self.mounts)? {
            if let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
                opened.push(id);
            }
        }
        Ok(opened)
    }

    /// Makes, mounts and removes a small volume: whether this machine can limit volumes.
    pub(crate) async fn probe(&self) -> Result<(), VolumeError> {
        const BYTES: u64 = 16 << 20;
        let image = self.images.join("probe.new");
        let root = self.mounts.join("probe");
        let result = async {
            filesystem::make_image(&image, &self.skeleton, BYTES, 256).await?;
            std::fs::create_dir_all(&root)?;
            mounts::mount(&image, &root).await?;
            let limits = rustix::fs::statvfs(&root).map_err(io::Error::from)?;
            let limited = limits.f_blocks * limits.f_frsize <= BYTES && limits.f_files < 1024;
            mounts::unmount(&root).await?;
            if limited { Ok(()) } else { Err(VolumeError::NotMounted) }
        }
        .await;
        if result.is_err() {
            drop(mounts::unmount(&root).await);
        }
        drop(std::fs::remove_dir(&root));
        drop(std::fs::remove_file(&image));
        result
    }

    /// Bytes that the host's file system has left.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        let space = rustix::fs::statvfs(&self.images)?;
        Ok(space.f_bavail * space.f_frsize)
    }

    fn remove_unfinished(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.images)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "new") {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn image(&self, workspace: WorkspaceId) -> PathBuf {
        self.images.join(format!("{workspace}.img"))
    }

    fn mount_point(&self, workspace: WorkspaceId) -> PathBuf {
        self.mounts.join(workspace.to_string())
    }
}
