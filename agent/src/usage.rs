//! What the sandbox uses: from its control group (version 2 or 1), else from `/proc`; its disk from the volume.

use std::path::Path;

use carrel_wire::agent::Usage;
use rustix::fs::StatVfs;

use crate::failure::Failure;
use crate::files::beneath::Root;
use crate::processes::processes;

const CGROUP: &str = "/sys/fs/cgroup";
const MS_PER_TICK: u64 = 10;
/// The size of a page on the machines that this program is built for.
const PAGE_BYTES: u64 = 4096;

pub(crate) fn usage(root: &Root) -> Result<Usage, Failure> {
    let disk = rustix::fs::fstatvfs(&root.open()?)?;
    let group = Path::new(CGROUP);
    let all = processes();
    Ok(Usage {
        memory_bytes: memory_bytes(group)
            .unwrap_or_else(|| all.iter().map(|p| p.resident_pages).sum::<u64>() * PAGE_BYTES),
        cpu_ms: cpu_ms(group).unwrap_or_else(|| all.iter().map(|p| p.ticks).sum::<u64>() * MS_PER_TICK),
        processes: all.len() as u64,
        disk_bytes: used(disk.f_blocks, disk.f_bfree) * block_bytes(&disk),
        disk_limit_bytes: disk.f_blocks * block_bytes(&disk),
        files: used(disk.f_files, disk.f_ffree),
        files_limit: disk.f_files,
    })
}

/// Memory in use less the page cache that the kernel would give back first.
fn memory_bytes(group: &Path) -> Option<u64> {
    let (current, stat, cache) = if let Some(current) = number(&group.join("memory.current")) {
        (current, group.join("memory.stat"), "inactive_file")
    } else {
        let memory = group.join("memory");
        let current = number(&memory.join("memory.usage_in_bytes"))?;
        (current, memory.join("memory.stat"), "total_inactive_file")
    };
    Some(current.saturating_sub(field(&stat, cache).unwrap_or(0)))
}

fn cpu_ms(group: &Path) -> Option<u64> {
    if let Some(microseconds) = field(&group.join("cpu.stat"), "usage_usec") {
        return Some(microseconds / 1000);
    }
    let nanoseconds = number(&group.join("cpuacct/cpuacct.usage"))?;
    Some(nanoseconds / 1_000_000)
}

fn number(file: &Path) -> Option<u64> {
    std::fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// The value of one line `key value`.
fn field(file: &Path, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(' ')?;
        (name == key).then(|| value.trim().parse().ok())?
    })
}

fn block_bytes(disk: &StatVfs) -> u64 {
    if disk.f_frsize == 0 { disk.f_bsize } else { disk.f_frsize }
}

fn used(total: u64, free: u64) -> u64 {
    total.saturating_sub(free)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, text).expect("written");
    }

    #[test]
    fn reads_both_versions_of_control_groups() {
        let two = tempfile::tempdir().expect("a folder");
        write(two.path(), "memory.current", "5000\n");
        write(two.path(), "memory.stat", "anon 1\ninactive_file 2000\n");
        write(two.path(), "cpu.stat", "usage_usec 7500\nuser_usec 1\n");
        assert_eq!(memory_bytes(two.path()), Some(3000));
        assert_eq!(cpu_ms(two.path()), Some(7));

        let one = tempfile::tempdir().expect("a folder");
        write(one.path(), "memory/memory.usage_in_bytes", "6000\n");
        write(one.path(), "memory/memory.stat", "total_inactive_file 1000\n");
        write(one.path(), "cpuacct/cpuacct.usage", "8000000\n");
        assert_eq!(memory_bytes(one.path()), Some(5000));
        assert_eq!(cpu_ms(one.path()), Some(8));

        let none = tempfile::tempdir().expect("a folder");
        assert_eq!(memory_bytes(none.path()), None);
        assert_eq!(cpu_ms(none.path()), None);
    }
}
