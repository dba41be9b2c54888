//! The server behind the tests: joined under file locks, started by the first process, ended after the last one.
//!
//! Two locks in one folder say who is there. `users.lock` is held shared by every process that uses the server, for as long as the
//! process lives; the kernel releases it when the process ends, killed or not. `start.lock` is held alone while somebody starts,
//! joins or ends the server. The script `server.sh` is the server's parent and ends it when `users.lock` can be had alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Part of the socket's name only: the server listens on no network address.
const PORT: u16 = 5432;
const GUARD: &str = include_str!("server.sh");

/// Joins the running server or starts one, and returns the address of its maintenance database.
pub(super) fn join() -> io::Result<String> {
    static USERS: OnceLock<File> = OnceLock::new();
    let folder = shared_folder()?;
    let start = lock_file(&folder.join("start.lock"))?;
    start.lock()?;
    let users = lock_file(&folder.join("users.lock"))?;
    users.lock_shared()?;
    USERS.get_or_init(|| users);
    let state = folder.join("state");
    if let Ok(home) = std::fs::read_to_string(&state)
        && answers(Path::new(home.trim()))
    {
        return Ok(url(Path::new(home.trim())));
    }
    let home = start_server(&folder)?;
    let mut file = File::create(folder.join("state.new"))?;
    write!(file, "{}", home.display())?;
    std::fs::rename(folder.join("state.new"), &state)?;
    Ok(url(&home))
}

/// The folder that this user's test processes share. It must be ours: the temporary folder is open to everybody.
fn shared_folder() -> io::Result<PathBuf> {
    let me = std::fs::metadata("/proc/self")?.uid();
    let folder = std::env::temp_dir().join(format!("carrel-test-{me}"));
    // Others may pass through: as root, the server runs as another user.
    match std::fs::DirBuilder::new().mode(0o711).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = std::fs::symlink_metadata(&folder)?;
    if !found.is_dir() || found.uid() != me {
        return Err(io::Error::other(format!("{} belongs to somebody else", folder.display())));
    }
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// Makes a cluster in a new folder and starts its server under the guard script.
fn start_server(folder: &Path) -> io::Result<PathBuf> {
    let programs = programs()?;
    let home = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(0o700))
        .prefix("pg-")
        .tempdir_in(folder)?;
    let user = service_user()?;
    if let Some((uid, gid)) = user {
        std::os::unix::fs::chown(home.path(), Some(uid), Some(gid))?;
    }
    let data = home.path().join("data");
    let mut initdb = as_user(&programs.join("initdb"), user);
    initdb.args(["--auth=trust", "--username=carrel", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
    let made = initdb.arg(&data).current_dir("/").stdin(Stdio::null()).output()?;
    if !made.status.success() {
        return Err(io::Error::other(format!("initdb: {}", String::from_utf8_lossy(&made.stderr).trim())));
    }
    let server = as_user(&programs.join("postgres"), user);
    let mut guard = Command::new("sh");
    guard.args(["-c", GUARD, "carrel-test-postgres"]).arg(folder).arg(home.path());
    guard.arg(server.get_program()).args(server.get_args());
    guard.arg("-D").arg(&data).arg("-k").arg(home.path());
    for setting in SETTINGS {
        guard.args(["-c", setting]);
    }
    // A group of its own: Ctrl+C in a terminal ends the tests, and the guard then ends the server.
    let guard = guard.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    await_ready(home.path(), guard)?;
    // From here on the guard removes the folder.
    Ok(home.keep())
}

/// Durability is off: a test's database needs to survive its test, not the machine.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "max_connections=400",
    "shared_buffers=64MB",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
];

fn await_ready(home: &Path, mut guard: Child) -> io::Result<()> {
    let begin = Instant::now();
    while !answers(home) {
        if guard.try_wait()?.is_some() || begin.elapsed() > START_TIMEOUT {
            let log = std::fs::read_to_string(home.join("log")).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(5).collect();
            return Err(io::Error::other(format!("the server did not start; its log ends: {}", tail.join(" | "))));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// A dead server's socket refuses connections; one that is starting takes them and then says so, but has not written `ready` into its
/// own file yet.
fn answers(home: &Path) -> bool {
    let state = std::fs::read_to_string(home.join("data/postmaster.pid")).unwrap_or_default();
    state.lines().any(|line| line.trim() == "ready")
        && UnixStream::connect(home.join(format!(".s.PGSQL.{PORT}"))).is_ok()
}

fn url(home: &Path) -> String {
    format!("postgres://carrel@localhost:{PORT}/postgres?host={}", home.display())
}

/// The folder of the newest installed server programs.
fn programs() -> io::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            let programs = entry.path().join("bin");
            programs.join("postgres").exists().then_some((version, programs))
        })
        .collect();
    found.sort_unstable();
    found
        .pop()
        .map(|(_, programs)| programs)
        .ok_or_else(|| io::Error::other("PostgreSQL is not installed: `cargo xtask test` installs it"))
}

/// The user under whom the server runs when this process is root, which PostgreSQL refuses.
fn service_user() -> io::Result<Option<(u32, u32)>> {
    if std::fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let ids = passwd.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.map(Some).ok_or_else(|| io::Error::other("as root the server runs as user postgres, and there is none"))
}

/// A command as that user: a plain exec, so that the process id and signals stay the server's own.
fn as_user(program: &Path, user: Option<(u32, u32)>) -> Command {
    let Some((uid, gid)) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups").arg("--").arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_twice_gives_one_server() {
        assert_eq!(join().unwrap(), join().unwrap());
    }

    #[test]
    fn a_folder_without_a_server_does_not_answer() {
        assert!(!answers(tempfile::tempdir().unwrap().path()));
    }
}
