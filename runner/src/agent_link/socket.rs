//! Unix sockets at paths of any length.

use std::{
    fs::Permissions,
    io,
    os::{
        fd::{AsRawFd as _, OwnedFd},
        unix::{ffi::OsStrExt as _, fs::PermissionsExt as _, net::UnixListener},
    },
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags};

/// Longest path that a socket address holds, without the closing zero.
const MAX_PATH_BYTES: usize = 107;

/// Whether a client can dial a socket at `path`.
pub(crate) fn socket_path_fits(path: &Path) -> bool {
    path.as_os_str().as_bytes().len() <= MAX_PATH_BYTES
}

/// Listens at `folder/name`, in place of an older socket there. The address goes through an open descriptor of the folder,
/// because the folder's own path may be longer than a socket address can be.
pub(crate) fn bind(folder: &Path, name: &str, mode: u32) -> io::Result<UnixListener> {
    let folder: OwnedFd =
        rustix::fs::open(folder, OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
    let path = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd())).join(name);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, Permissions::from_mode(mode))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_is_no_obstacle_and_an_old_socket_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("x".repeat(200));
        std::fs::create_dir(&folder).unwrap();
        assert!(!socket_path_fits(&folder.join("agent.sock")));
        drop(bind(&folder, "agent.sock", 0o666).unwrap());
        let _listener = bind(&folder, "agent.sock", 0o666).unwrap();
        let mode = std::fs::metadata(folder.join("agent.sock")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o666);
        let folder = std::fs::File::open(&folder).unwrap();
        let short = format!("/proc/self/fd/{}/agent.sock", folder.as_raw_fd());
        assert!(std::os::unix::net::UnixStream::connect(short).is_ok());
    }
}
