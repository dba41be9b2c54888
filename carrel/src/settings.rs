//! The command line and the environment. Every setting has a `CARREL_…` name; no service reads the environment itself.

use std::{net::IpAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::commands::{app_password, audit, doctor, runner, signer, token, user};

/// A workspace cloud: files, sandboxes and a log that cannot be rewritten unseen.
#[derive(Debug, Parser)]
#[command(name = "carrel", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start everything on this machine.
    Up(Box<Serve>),
    /// Start the cloud backend alone.
    Cloud(Box<Serve>),
    /// Start the IDE backend alone.
    Ide(Box<Serve>),
    /// Start the runner alone, or prepare its host.
    Runner(Box<runner::Options>),
    /// Start the signer of the log alone.
    Signer(Box<signer::Options>),
    /// People.
    User(user::Options),
    /// Personal access tokens.
    Token(token::Options),
    /// Passwords for single programs.
    AppPassword(app_password::Options),
    /// The log.
    Audit(audit::Options),
    /// What this installation needs, has, and lacks.
    Doctor(doctor::Options),
    /// Bring the database up to date.
    Migrate(Data),
    /// Print the description of the HTTP API.
    #[command(hide = true)]
    Openapi,
    /// Print the table of routes.
    #[command(hide = true)]
    Routes,
}

/// Where the instance keeps its data.
#[derive(Debug, Clone, Args)]
pub(crate) struct Data {
    /// Folder with the database, the files, the secrets and the sockets
    #[arg(long = "data", env = "CARREL_DATA", default_value = "./data", value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; a SQLite file in the data folder when absent
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

/// What a service that answers browsers is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) data: Data,
    /// Address and port to answer on
    #[arg(long, env = "CARREL_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub(crate) listen: String,
    /// How browsers reach this instance, for example `https://cloud.example.org`
    #[arg(long, env = "CARREL_PUBLIC_ORIGIN", default_value = "", value_name = "ORIGIN")]
    pub(crate) public_origin: String,
    /// Proxies whose X-Forwarded-For is believed
    #[arg(long, env = "CARREL_TRUSTED_PROXIES", value_delimiter = ',', value_name = "ADDRESSES")]
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Where content is stored: file:PATH; a folder in the data folder when absent
    #[arg(long, env = "CARREL_STORE_URL", value_name = "URL")]
    pub(crate) store_url: Option<String>,
    /// Largest upload in bytes
    #[arg(long, env = "CARREL_MAX_UPLOAD_BYTES", default_value_t = 50 * 1024 * 1024 * 1024, value_name = "BYTES")]
    pub(crate) max_upload_bytes: u64,
    /// Servers that may be asked although they are in a private network or speak http, for example id.intranet:8443
    #[arg(long, env = "CARREL_OUTGOING_ALLOW", value_delimiter = ',', value_name = "HOST:PORT")]
    pub(crate) outgoing_allow: Vec<String>,
    #[command(flatten)]
    pub(crate) limits: SandboxLimits,
    #[command(flatten)]
    pub(crate) log: Logging,
    #[command(flatten)]
    pub(crate) host: runner::Host,
}

/// What one sandbox may use.
#[derive(Debug, Clone, Args)]
pub(crate) struct SandboxLimits {
    /// Memory of a sandbox in MiB
    #[arg(long, env = "CARREL_SANDBOX_MEMORY_MIB", default_value_t = 2048, value_name = "MIB")]
    pub(crate) sandbox_memory_mib: u64,
    /// Processors of a sandbox in thousandths
    #[arg(long, env = "CARREL_SANDBOX_CPU_MILLI", default_value_t = 2000, value_name = "MILLI")]
    pub(crate) sandbox_cpu_milli: u32,
    /// Processes and threads of a sandbox
    #[arg(long, env = "CARREL_SANDBOX_PROCESSES", default_value_t = 512, value_name = "N")]
    pub(crate) sandbox_processes: u32,
    /// Disk of a workspace in MiB
    #[arg(long, env = "CARREL_SANDBOX_DISK_MIB", default_value_t = 10240, value_name = "MIB")]
    pub(crate) sandbox_disk_mib: u64,
    /// Files of a workspace
    #[arg(long, env = "CARREL_SANDBOX_FILES", default_value_t = 1_000_000, value_name = "N")]
    pub(crate) sandbox_files: u64,
}

impl SandboxLimits {
    pub(crate) fn as_limits(&self) -> carrel_wire::runner::Limits {
        const MIB: u64 = 1024 * 1024;
        carrel_wire::runner::Limits {
            memory_bytes: self.sandbox_memory_mib.saturating_mul(MIB),
            cpu_milli: self.sandbox_cpu_milli,
            processes: self.sandbox_processes,
            disk_bytes: self.sandbox_disk_mib.saturating_mul(MIB),
            files: self.sandbox_files,
        }
    }
}

/// A service that only other services speak to.
#[derive(Debug, Clone, Args)]
pub(crate) struct Background {
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) log: Logging,
    /// End when standard input ends: the parent is gone
    #[arg(long, hide = true)]
    pub(crate) with_parent: bool,
}

/// What is written about the work.
#[derive(Debug, Clone, Args)]
pub(crate) struct Logging {
    /// Filter of log lines, for example info,carrel_runner=debug
    #[arg(long = "log", env = "CARREL_LOG", default_value = "warn", value_name = "FILTER")]
    pub(crate) filter: String,
    /// human or json
    #[arg(long = "log-format", env = "CARREL_LOG_FORMAT", default_value = "human", value_name = "FORMAT")]
    pub(crate) format: String,
}

impl Logging {
    pub(crate) fn start(&self, service: &'static str) -> anyhow::Result<()> {
        carrel_telemetry::init(service, &self.filter, self.format.parse()?)?;
        Ok(())
    }
}
