//! The command line and the environment. Every setting has a `CARREL_…` name; no service reads the environment itself.

use std::{net::IpAddr, path::PathBuf};

use carrel_cloud_backend::{CorsOrigin, InvalidOrigin, KeepPolicy, RequestLimits, VersionPolicy};
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;

use crate::{
    commands::{app_password, audit, doctor, fsck, keys, runner, signer, token, user},
    content::Content,
    mail::Mail,
};

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
    /// Compare the database with the content store, both ways.
    Fsck(fsck::Options),
    /// The keys that content is encrypted under.
    Keys(keys::Options),
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
    #[arg(long, env = "CARREL_PUBLIC_ORIGIN", default_value = "", value_name = "ORIGIN", value_parser = public_origin)]
    pub(crate) public_origin: String,
    /// Proxies whose X-Forwarded-For is believed: addresses, or networks like 10.1.0.0/24
    #[arg(long, env = "CARREL_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORKS", value_parser = network)]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Other sites whose pages may call the API with a token, for example `https://app.example.org`
    #[arg(long, env = "CARREL_CORS_ORIGINS", value_delimiter = ',', value_name = "ORIGINS")]
    pub(crate) cors_origins: Vec<CorsOrigin>,
    #[command(flatten)]
    pub(crate) requests: RequestSettings,
    #[command(flatten)]
    pub(crate) content: Content,
    /// Largest upload in bytes
    #[arg(long, env = "CARREL_MAX_UPLOAD_BYTES", default_value_t = 50 * 1024 * 1024 * 1024, value_name = "BYTES")]
    pub(crate) max_upload_bytes: u64,
    /// Bytes that a space may hold which has no quota of its own; as much as the disk takes when absent
    #[arg(long, env = "CARREL_DEFAULT_QUOTA", value_name = "BYTES")]
    pub(crate) default_quota: Option<u64>,
    /// Serve Nextcloud's clients: desktop, mobile, nextcloudcmd, rclone
    #[arg(long, env = "CARREL_NEXTCLOUD", default_value_t = true, action = clap::ArgAction::Set, value_name = "BOOL")]
    pub(crate) nextcloud: bool,
    #[command(flatten)]
    pub(crate) keep: KeepSettings,
    /// Servers that may be asked although they are in a private network or speak http, for example id.intranet:8443
    #[arg(long, env = "CARREL_OUTGOING_ALLOW", value_delimiter = ',', value_name = "HOST:PORT")]
    pub(crate) outgoing_allow: Vec<String>,
    #[command(flatten)]
    pub(crate) limits: SandboxLimits,
    #[command(flatten)]
    pub(crate) mail: Mail,
    #[command(flatten)]
    pub(crate) log: Logging,
    #[command(flatten)]
    pub(crate) host: runner::Host,
}

/// As browsers write it, because it is compared with what they send: in small letters, without the port that goes without saying.
fn public_origin(text: &str) -> Result<String, InvalidOrigin> {
    let text = text.trim_end_matches('/');
    if !text.is_empty() {
        text.parse::<CorsOrigin>()?;
    }
    Ok(text.to_owned())
}

/// An address is a network of one.
fn network(text: &str) -> Result<IpNet, String> {
    let address = text.parse::<IpAddr>().map(IpNet::from);
    address
        .or_else(|_| text.parse())
        .map_err(|_| "this is neither an address nor a network like 10.1.0.0/24".to_owned())
}

/// How many requests one sender may make in a minute, by kind; 0 is no limit.
#[derive(Debug, Clone, Args)]
pub(crate) struct RequestSettings {
    /// Requests a minute that look something up
    #[arg(long, env = "CARREL_LIMIT_READ", default_value_t = RequestLimits::default().read, value_name = "N")]
    pub(crate) limit_read: u32,
    /// Requests a minute that change something
    #[arg(long, env = "CARREL_LIMIT_WRITE", default_value_t = RequestLimits::default().write, value_name = "N")]
    pub(crate) limit_write: u32,
    /// Requests a minute that are much work, like exports
    #[arg(long, env = "CARREL_LIMIT_COSTLY", default_value_t = RequestLimits::default().costly, value_name = "N")]
    pub(crate) limit_costly: u32,
    /// Tries to sign in a minute from one network
    #[arg(long, env = "CARREL_LIMIT_SIGN_IN", default_value_t = RequestLimits::default().sign_in, value_name = "N")]
    pub(crate) limit_sign_in: u32,
    /// Reports of browsers a minute from one network
    #[arg(long, env = "CARREL_LIMIT_REPORT", default_value_t = RequestLimits::default().report, value_name = "N")]
    pub(crate) limit_report: u32,
    /// Requests a minute of programs that mount or mirror folders by WebDAV
    #[arg(long, env = "CARREL_LIMIT_SYNC", default_value_t = RequestLimits::default().sync, value_name = "N")]
    pub(crate) limit_sync: u32,
    /// Requests a minute for the application's own files
    #[arg(long, env = "CARREL_LIMIT_PAGE", default_value_t = RequestLimits::default().page, value_name = "N")]
    pub(crate) limit_page: u32,
}

impl RequestSettings {
    pub(crate) fn as_limits(&self) -> RequestLimits {
        RequestLimits {
            read: self.limit_read,
            write: self.limit_write,
            costly: self.limit_costly,
            sign_in: self.limit_sign_in,
            report: self.limit_report,
            sync: self.limit_sync,
            page: self.limit_page,
        }
    }
}

/// For how long what nobody needs now is kept.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeepSettings {
    /// Days that something lies in the trash before it is deleted for good; 0: until somebody empties it
    #[arg(long, env = "CARREL_KEEP_TRASH_DAYS", default_value_t = KeepPolicy::default().trash_days, value_name = "DAYS")]
    pub(crate) keep_trash_days: u32,
    /// Hours for which all versions of a file are kept; 0: for ever
    #[arg(long, env = "CARREL_KEEP_VERSIONS_ALL_HOURS", default_value_t = VersionPolicy::default().all_hours, value_name = "HOURS")]
    pub(crate) keep_versions_all_hours: u32,
    /// Days for which then the last version of each hour is kept
    #[arg(long, env = "CARREL_KEEP_VERSIONS_HOURLY_DAYS", default_value_t = VersionPolicy::default().hourly_days, value_name = "DAYS")]
    pub(crate) keep_versions_hourly_days: u32,
    /// Days for which then the last version of each day is kept; after them it is the last of each week
    #[arg(long, env = "CARREL_KEEP_VERSIONS_DAILY_DAYS", default_value_t = VersionPolicy::default().daily_days, value_name = "DAYS")]
    pub(crate) keep_versions_daily_days: u32,
    /// Days after which no earlier version is kept; 0: one a week for ever
    #[arg(long, env = "CARREL_KEEP_VERSIONS_WEEKLY_DAYS", default_value_t = VersionPolicy::default().weekly_days, value_name = "DAYS")]
    pub(crate) keep_versions_weekly_days: u32,
}

impl KeepSettings {
    pub(crate) fn as_policy(&self) -> KeepPolicy {
        KeepPolicy {
            trash_days: self.keep_trash_days,
            versions: VersionPolicy {
                all_hours: self.keep_versions_all_hours,
                hourly_days: self.keep_versions_hourly_days,
                daily_days: self.keep_versions_daily_days,
                weekly_days: self.keep_versions_weekly_days,
            },
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(options: &[&str]) -> Result<Serve, clap::Error> {
        let words = ["carrel", "up"].iter().chain(options);
        Arguments::try_parse_from(words).map(|arguments| match arguments.command {
            Command::Up(serve) => *serve,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn t_039_proxies_are_addresses_or_networks() {
        let serve = serve(&["--trusted-proxies", "192.0.2.1,10.1.0.0/24,fd00::/8,::1"]).expect("fine");
        let written: Vec<_> = serve.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["192.0.2.1/32", "10.1.0.0/24", "fd00::/8", "::1/128"]);
        for bad in ["proxy.example", "10.0.0.0/33", "*"] {
            super::tests::serve(&["--trusted-proxies", bad]).expect_err(bad);
        }
    }

    #[test]
    fn t_024_origins_are_written_as_browsers_write_them() {
        let fine = serve(&[
            "--public-origin",
            "https://cloud.example.org/",
            "--cors-origins",
            "https://a.example,http://localhost:5173",
        ]);
        let fine = fine.expect("fine");
        assert_eq!((fine.public_origin.as_str(), fine.cors_origins.len()), ("https://cloud.example.org", 2));
        for bad in [
            "https://Cloud.example.org",
            "cloud.example.org",
            "https://cloud.example.org/carrel",
            "https://cloud.example.org:443",
        ] {
            serve(&["--public-origin", bad]).expect_err(bad);
        }
        for bad in ["*", "null", "https://*.example.org", "https://a.example/"] {
            serve(&["--cors-origins", bad]).expect_err(bad);
        }
    }

    #[test]
    fn limits_of_requests_are_settings() {
        let limits = serve(&["--limit-read", "7", "--limit-sign-in", "0"]).expect("fine").requests.as_limits();
        assert_eq!(limits, RequestLimits { read: 7, sign_in: 0, ..RequestLimits::default() });
    }

    #[test]
    fn how_long_things_are_kept_is_a_setting() {
        assert_eq!(serve(&[]).expect("fine").keep.as_policy(), KeepPolicy::default());
        let keep = serve(&["--keep-trash-days", "0", "--keep-versions-weekly-days", "365"]).expect("fine").keep;
        let versions = VersionPolicy { weekly_days: 365, ..VersionPolicy::default() };
        assert_eq!(keep.as_policy(), KeepPolicy { trash_days: 0, versions });
    }
}
