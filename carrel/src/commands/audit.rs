//! `carrel audit`: takes the log out and verifies it, offline and with the public key alone.

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use carrel_audit_log::{
    VerifierKey,
    bundle::{FolderContainer, Report, TarContainer, verify_path},
};
use carrel_cloud_backend::{
    audit::{LogName, SealError, Sealer, export::Export, verify_log},
    authz::LocalAdministrator,
    store::LogFilter,
};
use carrel_signer::client::SignerClient;
use clap::{Args, Subcommand};

use super::block_on;
use crate::{
    cloud,
    data_folder::DataFolder,
    instance::parts,
    output::{complain, say},
    settings::Data,
};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the log with its proofs to a file, or to a folder that exists
    Export {
        /// File (.tar) or folder
        #[arg(long, value_name = "FILE|DIR")]
        out: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Verify an export, or with --data the log of this installation. Exit status: 0 fine, 1 tampering, 2 cannot say
    Verify {
        /// An export: a file or a folder
        #[arg(value_name = "FILE|DIR", required_unless_present = "installation", conflicts_with = "installation")]
        export: Option<PathBuf>,
        /// The log's public key, or a file that holds it
        #[arg(long, value_name = "KEY", required_unless_present = "installation")]
        key: Option<String>,
        /// The data folder of an installation
        #[arg(long = "data", value_name = "DIR", id = "installation")]
        installation: Option<PathBuf>,
        /// `postgres://…` of the installation, when its log is not in the data folder
        #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
        database_url: Option<String>,
        /// Print the report as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the public key of this installation's log
    Key {
        #[command(flatten)]
        data: Data,
    },
}

/// Exit status when nothing can be said.
const UNDECIDED: u8 = 2;

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    match options.command {
        Command::Export { out, data } => block_on(export(out, data)),
        Command::Key { data } => key(&data),
        Command::Verify { export: Some(export), key: Some(key), json, .. } => {
            let trusted = match parse_keys(&key) {
                Ok(trusted) => trusted,
                Err(error) => return Ok(undecided(&error)),
            };
            Ok(tell(&verify_path(&export, &trusted), json))
        }
        Command::Verify { installation: Some(folder), key, database_url, json, .. } => {
            let data = Data { folder, database_url };
            match block_on(verify_installation(data, key)) {
                Ok(report) => Ok(tell(&report, json)),
                Err(error) => Ok(undecided(&error)),
            }
        }
        Command::Verify { .. } => bail!("name an export and its key, or an installation with --data"),
    }
}

async fn export(out: PathBuf, data: Data) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::existing(&data)?;
    let store = cloud::open_store_as_it_is(&folder).await?;
    let signer = SignerClient::connect(&folder.signer_socket());
    let sealer = Sealer::new(store.clone(), log_name(&folder)?, Some(signer));
    match sealer.check().await {
        // Without a signer nobody can be asked whether the database was rolled back.
        Ok(()) | Err(SealError::NoSigner | SealError::Signer(_)) => sealer.seal().await?,
        Err(error) => return Err(error.into()),
    };
    let proof = LocalAdministrator::of_machine();
    // Without a running signer the newest head that it signed has to do.
    let export = Export::prepare(&sealer, proof, LogFilter::default(), true).await?;
    let (start, end) = export.span();
    if out.is_dir() {
        export.write(FolderContainer::create(&out)?, async |_| Ok(())).await?;
    } else {
        write_file(export, &out).await?;
    }
    say(&format!("{} entries written to {}", end - start, out.display()));
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Written beside its place and moved there: no half export looks like a whole one.
async fn write_file(export: Export<LocalAdministrator>, out: &Path) -> anyhow::Result<()> {
    let beside = out.with_extension("part");
    let file = File::create(&beside).with_context(|| format!("writing {}", beside.display()))?;
    let writer = export.write(TarContainer::new(BufWriter::new(file)), async |_| Ok(())).await?;
    writer.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&beside, out).with_context(|| format!("writing {}", out.display()))
}

/// Which log the installation keeps.
fn log_name(folder: &DataFolder) -> anyhow::Result<LogName> {
    let name = parts::log_name(folder).context("no log was begun here: is this the data folder?")?;
    Ok(LogName::new(&name))
}

fn key(data: &Data) -> anyhow::Result<ExitCode> {
    let folder = DataFolder::existing(data)?;
    say(&installed_key(&folder)?.to_string());
    Ok(ExitCode::SUCCESS)
}

fn installed_key(folder: &DataFolder) -> anyhow::Result<VerifierKey> {
    carrel_signer::installed_key(&folder.signer_state(), log_name(folder)?.origin())
        .with_context(|| format!("no key of a log in {}", folder.signer_state().display()))
}

async fn verify_installation(data: Data, key: Option<String>) -> anyhow::Result<Report> {
    let folder = DataFolder::existing(&data)?;
    let trusted = match key {
        Some(key) => parse_keys(&key)?,
        None => vec![installed_key(&folder)?],
    };
    let store = cloud::open_store_as_it_is(&folder).await?;
    let name = log_name(&folder)?;
    let report = verify_log(&store, &LocalAdministrator::of_machine(), &name, &trusted, |_| {}).await?;
    store.close().await;
    Ok(report)
}

/// `key` is a key's text, or the path of a file with one key a line.
fn parse_keys(key: &str) -> anyhow::Result<Vec<VerifierKey>> {
    if let Ok(key) = VerifierKey::parse(key.trim()) {
        return Ok(vec![key]);
    }
    let text = std::fs::read_to_string(key).with_context(|| format!("{key} is neither a key nor a file with keys"))?;
    let keys = VerifierKey::parse_all(&text).with_context(|| format!("{key} holds something that is no key"))?;
    if keys.is_empty() {
        bail!("{key} holds no key");
    }
    Ok(keys)
}

fn tell(report: &Report, json: bool) -> ExitCode {
    say(&if json { report.to_json() } else { report.to_string() });
    ExitCode::from(report.exit_code())
}

fn undecided(error: &anyhow::Error) -> ExitCode {
    complain(&format!("{error:#}"));
    ExitCode::from(UNDECIDED)
}
