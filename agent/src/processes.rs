//! The processes that this one can see in `/proc`: all of the sandbox, as its first process.

/// What one line of `/proc/<pid>/stat` says (`proc_pid_stat(5)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProcessStat {
    pub(crate) pid: i32,
    pub(crate) state: u8,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// Clock ticks (100 a second) of CPU time, in user and kernel mode.
    pub(crate) ticks: u64,
    /// Pages of memory in use.
    pub(crate) resident_pages: u64,
}

/// Every process that was there while this ran; one that ended meanwhile is left out.
pub(crate) fn processes() -> Vec<ProcessStat> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            let pid: i32 = name.to_str()?.parse().ok()?;
            parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?)
        })
        .collect()
}

/// The name of the program stands in brackets and may hold anything, brackets and line feeds too: what counts comes after
/// the last bracket.
fn parse(stat: &[u8]) -> Option<ProcessStat> {
    let text = String::from_utf8_lossy(stat);
    let (head, tail) = text.rsplit_once(") ")?;
    let pid = head.split_once(' ')?.0.parse().ok()?;
    let fields: Vec<&str> = tail.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(ProcessStat {
        pid,
        state: *fields.first()?.as_bytes().first()?,
        parent: fields.get(1)?.parse().ok()?,
        session: fields.get(3)?.parse().ok()?,
        ticks: number(11)? + number(12)?,
        resident_pages: number(21)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line_whatever_the_program_is_called() {
        let line = b"12 (a) b\n(c) Z 1 12 11 0 -1 4228 1 2 3 4 50 60 0 0 20 0 1 0 99 1000 7 18446744073709551615";
        assert_eq!(
            parse(line),
            Some(ProcessStat { pid: 12, state: b'Z', parent: 1, session: 11, ticks: 110, resident_pages: 7 })
        );
        assert_eq!(parse(b""), None);
        let own = i32::try_from(std::process::id()).expect("a pid");
        assert!(processes().iter().any(|process| process.pid == own));
    }
}
