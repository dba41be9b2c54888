//! A small disk of its own, which can be filled without harm to anybody.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use carrel_test_support::TempData;

/// An ext4 in a file, or where there are no loop devices a tmpfs. Dropping it takes it away.
pub(crate) struct SmallDisk {
    folder: TempData,
    mount: PathBuf,
}

impl SmallDisk {
    pub(crate) fn of_mib(size: u64) -> Self {
        let folder = TempData::new().expect("a folder");
        let (image, mount) = (folder.join("disk.img"), folder.join("disk"));
        std::fs::create_dir(&mount).expect("a folder");
        File::create(&image).expect("a file").set_len(size * 1024 * 1024).expect("a size");
        let made = run(Command::new("mkfs.ext4").args(["-q", "-m", "0", "-O", "^has_journal"]).arg(&image));
        let mounted = made.and_then(|()| run(Command::new("mount").args(["-o", "loop"]).arg(&image).arg(&mount)));
        if let Err(no_loop) = mounted {
            let options = format!("size={size}m,mode=700");
            let plain = run(Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(&mount));
            if let Err(no_tmpfs) = plain {
                panic!(
                    "this test fills a small disk, and none can be made here. It needs root, and either a loop device with \
                     mkfs.ext4 ({no_loop}) or a tmpfs ({no_tmpfs})."
                );
            }
        }
        Self { folder, mount }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.mount
    }

    /// Bytes that a program can still write.
    pub(crate) fn free(&self) -> u64 {
        let fs = rustix::fs::statvfs(&self.mount).expect("a file system");
        fs.f_bavail * fs.f_frsize
    }

    /// What another program does that takes everything; the file that can be removed to end it.
    pub(crate) fn fill(&self) -> PathBuf {
        let path = self.mount.join("somebody else's");
        let mut file = File::create(&path).expect("a file");
        for size in [1 << 20, 1 << 16, 1 << 12, 1] {
            let piece = vec![b'x'; size];
            while file.write_all(&piece).is_ok() {}
        }
        path
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{command:?}: {}", said.trim())) }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if let Err(error) = run(Command::new("umount").arg("--lazy").arg(&self.mount)) {
            println!("{} stays mounted: {error}", self.folder.path().display());
        }
    }
}
