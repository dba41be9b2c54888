//! A real S3 server for one test: `s3s-fs` on a free port of 127.0.0.1, with one bucket, in a folder of the test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The bucket that is there from the start.
pub const BUCKET: &str = "content";
/// Who may use it.
pub const ACCESS_KEY_ID: &str = "carrel-test";
/// The secret that belongs to [`ACCESS_KEY_ID`].
pub const SECRET_ACCESS_KEY: &str = "only for tests";

const READY_TIMEOUT: Duration = Duration::from_secs(20);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum S3Error {
    /// The program was not found.
    #[error("no S3 server: set CARREL_S3S or run `cargo xtask test`, which installs it ({0:?} does not exist)")]
    NotInstalled(PathBuf),
    /// It said no address.
    #[error("the S3 server did not become ready")]
    NotReady,
    /// A system call failed.
    #[error("running the S3 server")]
    Io(#[from] std::io::Error),
}

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct S3Server {
    child: Child,
    address: String,
}

impl S3Server {
    /// Starts a server whose objects are files under `folder`, in `folder/content/…`. `CARREL_S3S` names the program; else it is the one
    /// that `cargo xtask test` installs into the folder of tools.
    ///
    /// # Errors
    /// When the program is not there or does not start.
    pub fn start(folder: &Path) -> Result<Self, S3Error> {
        std::fs::create_dir_all(folder.join(BUCKET))?;
        let binary = binary()?;
        // As with the program under test: the kernel ends it with the thread that started it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(&binary).args(["--host", "127.0.0.1", "--port", "0"]);
        command.args(["--access-key", ACCESS_KEY_ID, "--secret-key", SECRET_ACCESS_KEY]).arg(folder);
        command.env("RUST_LOG", "s3s_fs=info").env("NO_COLOR", "1");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (said, hear) = mpsc::channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                // Read to its end, so that it never waits for somebody who listens.
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if let Some(at) = line.find("http://127.0.0.1:") {
                        let address = line[at..].split(|c: char| c.is_whitespace() || c == ',').next();
                        said.send(address.unwrap_or_default().to_owned()).ok();
                    }
                }
            });
        }
        match hear.recv_timeout(READY_TIMEOUT) {
            Ok(address) => Ok(Self { child, address }),
            Err(_) => {
                child.kill().ok();
                child.wait().ok();
                Err(S3Error::NotReady)
            }
        }
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn binary() -> Result<PathBuf, S3Error> {
    let path = match std::env::var_os("CARREL_S3S") {
        Some(path) => PathBuf::from(path),
        // A test program lies in target/PROFILE/deps/.
        None => {
            let target = std::env::current_exe()?.ancestors().nth(3).map(Path::to_owned);
            target.unwrap_or_default().join("tools/bin/s3s-fs")
        }
    };
    if path.is_file() { Ok(path) } else { Err(S3Error::NotInstalled(path)) }
}
