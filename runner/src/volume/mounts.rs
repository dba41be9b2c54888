//! Mounting images by loop, and what is mounted.

use std::{
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{io::Errno, mount::UnmountFlags};

use super::{VolumeError, filesystem::run};

const OPTIONS: &str = "nosuid,nodev,noatime,discard,noinit_itable,errors=remount-ro";
/// How often and at what distance a busy volume is tried again: a container that just ended holds it for a moment.
const UNMOUNT_TRIES: u32 = 40;
const UNMOUNT_PAUSE: Duration = Duration::from_millis(50);

/// Mounts `image` at `root`.
pub(super) async fn mount(image: &Path, root: &Path) -> Result<(), VolumeError> {
    // A mount namespace elsewhere may still hold the image's last mount. A second loop device on the same image would be a
    // second file system on the same blocks; the same device is the same file system.
    let device = loop_device_of(image)?;
    let options = match device {
        Some(_) => OPTIONS.to_owned(),
        None => format!("loop,{OPTIONS}"),
    };
    let source = device.unwrap_or_else(|| image.to_owned());
    run(
        "mount",
        [OsStr::new("-t"), "ext4".as_ref(), "-o".as_ref(), options.as_ref(), source.as_os_str(), root.as_os_str()],
    )
    .await?;
    Ok(())
}

/// Unmounts what is at `root`, if anything is.
pub(super) async fn unmount(root: &Path) -> Result<(), VolumeError> {
    for _ in 0..UNMOUNT_TRIES {
        let root = root.to_owned();
        // It writes back what is not on the disk yet, which may take long.
        let unmounted = tokio::task::spawn_blocking(move || rustix::mount::unmount(&root, UnmountFlags::NOFOLLOW));
        match unmounted.await.map_err(io::Error::other)? {
            // Something may be mounted below.
            Ok(()) => {}
            Err(Errno::INVAL | Errno::NOENT) => return Ok(()),
            Err(Errno::BUSY) => tokio::time::sleep(UNMOUNT_PAUSE).await,
            Err(error) => return Err(io::Error::from(error).into()),
        }
    }
    Err(VolumeError::InUse)
}

/// Whether a file system is mounted at `root`.
pub(super) fn is_mounted(root: &Path) -> io::Result<bool> {
    let table = std::fs::read("/proc/self/mountinfo")?;
    Ok(mount_points(&table).any(|point| point == root))
}

/// The mount points in the text of `/proc/self/mountinfo`, whose fifth field is the point with some bytes in octal.
fn mount_points(table: &[u8]) -> impl Iterator<Item = PathBuf> + '_ {
    table
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.split(|byte| *byte == b' ').nth(4))
        .map(|field| PathBuf::from(OsStr::from_bytes(&unescape(field))))
}

fn unescape(field: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some((&byte, tail)) = rest.split_first() {
        let octal = tail
            .get(..3)
            .filter(|_| byte == b'\\')
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(value) => {
                plain.push(value);
                rest = &tail[3..];
            }
            None => {
                plain.push(byte);
                rest = tail;
            }
        }
    }
    plain
}

/// The loop device that has `image` behind it.
fn loop_device_of(image: &Path) -> io::Result<Option<PathBuf>> {
    let devices = match std::fs::read_dir("/sys/block") {
        Ok(devices) => devices,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    for device in devices {
        let device = device?;
        let Ok(backing) = std::fs::read(device.path().join("loop/backing_file")) else {
            continue;
        };
        if backing.strip_suffix(b"\n").unwrap_or(&backing) == image.as_os_str().as_bytes() {
            return Ok(Some(Path::new("/dev").join(device.file_name())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_are_read_with_their_escapes() {
        let table =
            b"36 35 98:0 / /mnt/a\\040b\\134c rw,noatime - ext4 /dev/loop0 rw\n37 35 0:5 / /proc rw - proc proc rw\n";
        let points: Vec<_> = mount_points(table).collect();
        assert_eq!(points, [Path::new("/mnt/a b\\c"), Path::new("/proc")]);
        assert!(is_mounted(Path::new("/proc")).unwrap());
        assert!(!is_mounted(Path::new("/proc/self")).unwrap());
    }
}
