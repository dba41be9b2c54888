//! The real `carrel` program under test: started on a data folder, watched, killed, started again.
//!
//! It must not know what the program serves: it reads the two things that the program prints when it is ready (its address and, on
//! a fresh data folder, the one-time set-up link) and leaves the rest to the test.

mod output;
mod tree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use output::Output;
pub use tree::{Process, descendants};

const READY_TIMEOUT: Duration = Duration::from_secs(60);
const LINK_TIMEOUT: Duration = Duration::from_secs(5);
const END_TIMEOUT: Duration = Duration::from_secs(20);

/// Why the program could not be started or ended.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// No built program was found.
    #[error("no carrel program: set CARREL_BIN or run `cargo build -p carrel` ({0:?} does not exist)")]
    NotBuilt(PathBuf),
    /// The program ended or stayed silent instead of becoming ready.
    #[error("carrel did not become ready ({cause}); it wrote:\n{written}")]
    NotReady {
        /// What happened instead.
        cause: String,
        /// Everything that it wrote so far.
        written: String,
    },
    /// It did not end after it was told to.
    #[error("carrel did not end; it wrote:\n{0}")]
    NotEnded(String),
    /// A system call failed.
    #[error("running carrel")]
    Io(#[from] std::io::Error),
}

/// How to start the program. Made by [`Program::on`].
#[derive(Clone, Debug)]
pub struct Start {
    data: PathBuf,
    command: &'static str,
    listen: String,
    env: Vec<(OsString, OsString)>,
}

impl Start {
    /// Sets a setting from the environment, for example `DATABASE_URL`.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Listens on this address instead of a free port of 127.0.0.1.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// Starts a part alone instead of everything, for example `cloud`.
    #[must_use]
    pub fn part(mut self, command: &'static str) -> Self {
        self.command = command;
        self
    }

    /// Starts the program and waits until it has printed its address.
    ///
    /// # Errors
    /// When the program is not built, ends at once or is silent for a minute.
    pub async fn start(&self) -> Result<Program, ProgramError> {
        let binary = binary()?;
        // A plain exec under setpriv: the kernel ends the program with the thread that started it, so no killed test leaves one.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(&binary);
        command.arg(self.command).arg("--data").arg(&self.data);
        command.arg("--listen").arg(&self.listen);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let output = Output::of(&mut child);
        let mut program = Program { start: self.clone(), child, output, address: String::new() };
        program.await_ready().await?;
        Ok(program)
    }
}

/// A running program. Dropping it kills it.
#[derive(Debug)]
pub struct Program {
    start: Start,
    child: std::process::Child,
    output: Output,
    address: String,
}

impl Program {
    /// A start of `carrel up` on `data` and a free port of 127.0.0.1, with the environment of the test.
    #[must_use]
    pub fn on(data: &Path) -> Start {
        Start { data: data.to_owned(), command: "up", listen: "127.0.0.1:0".into(), env: Vec::new() }
    }

    /// The address that it serves, without a slash at the end: `http://127.0.0.1:4711`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The one-time link for the first administrator, which it prints right after its address when there is no user yet.
    ///
    /// # Errors
    /// When it has printed none within five seconds.
    pub async fn setup_link(&self) -> Result<String, ProgramError> {
        let link = crate::wait_until(LINK_TIMEOUT, "the set-up link", || std::future::ready(self.output.setup_link()));
        link.await.map_err(|error| ProgramError::NotReady { cause: error.to_string(), written: self.output.written() })
    }

    /// Everything that it has written to standard output and standard error so far.
    #[must_use]
    pub fn written(&self) -> String {
        self.output.written()
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The processes below it (runner, signer), children before grandchildren.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn descendants(&self) -> std::io::Result<Vec<Process>> {
        descendants(self.id())
    }

    /// Ends it at once, as a power cut would (`SIGKILL`), and waits for the end.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn kill(mut self) -> Result<Start, ProgramError> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(self.start.clone())
    }

    /// Asks it to end (`SIGTERM`) and waits for its exit status.
    ///
    /// # Errors
    /// When it has not ended after 20 s.
    pub async fn stop(mut self) -> Result<ExitStatus, ProgramError> {
        tree::terminate(self.child.id())?;
        let child = &mut self.child;
        let ended =
            crate::wait_until(END_TIMEOUT, "the end of carrel", || std::future::ready(child.try_wait().ok().flatten()));
        ended.await.map_err(|_| ProgramError::NotEnded(self.output.written()))
    }

    async fn await_ready(&mut self) -> Result<(), ProgramError> {
        let (output, child) = (&self.output, &mut self.child);
        let ready = crate::wait_until(READY_TIMEOUT, "the address", || {
            std::future::ready(match output.address() {
                Some(address) => Some(Ok(address)),
                None => child.try_wait().ok().flatten().map(Err),
            })
        });
        let not_ready = |cause: String| ProgramError::NotReady { cause, written: output.written() };
        self.address = match ready.await {
            Ok(Ok(address)) => address,
            Ok(Err(status)) => return Err(not_ready(status.to_string())),
            Err(error) => return Err(not_ready(error.to_string())),
        };
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // An error means that it has ended already, which is what is wanted.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The program to test: `CARREL_BIN`, or `carrel` beside the test's own program in the target folder.
///
/// # Errors
/// When there is no such file.
pub fn binary() -> Result<PathBuf, ProgramError> {
    let path = match std::env::var_os("CARREL_BIN") {
        Some(path) => PathBuf::from(path),
        // A test program lies in target/PROFILE/deps/.
        None => std::env::current_exe()?.ancestors().nth(2).map(|folder| folder.join("carrel")).unwrap_or_default(),
    };
    if path.is_file() { Ok(path) } else { Err(ProgramError::NotBuilt(path)) }
}
