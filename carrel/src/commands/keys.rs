//! `carrel keys`: the master keys that content is encrypted under: a new one, and wrapping everything by it.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use carrel_cloud_backend::content::{ContentKeys, Rewrapped};
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::block_on;
use crate::{
    content::Content,
    data_folder::DataFolder,
    instance::Instance,
    output::{complain, say},
    settings::Data,
};

/// After so many objects it is said how far it is.
const SAY_EVERY: u64 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a new key to the file of keys, which is made when it is not there. Restart Carrel then, and rewrap.
    New(New),
    /// Wrap the keys of all objects by the newest key; broken off, it goes on when it is called again.
    Rewrap(Box<Rewrap>),
}

#[derive(Debug, Args)]
struct New {
    /// File with the keys, the newest last
    #[arg(long = "store-keys-file", env = "CARREL_STORE_KEYS_FILE", value_name = "FILE")]
    file: PathBuf,
}

#[derive(Debug, Args)]
struct Rewrap {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    content: Content,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    match &options.command {
        Command::New(new) => {
            let id = add(&new.file)?;
            say(&format!("{} has the new key {id}.", new.file.display()));
            say("Keep a copy of the file where the content is not: without it, nothing that is encrypted can be read.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Rewrap(options) => {
            let done = block_on(rewrap(options))?;
            say(&text(&done));
            if done.damaged > 0 {
                complain("Some objects open with none of the keys: `carrel fsck --read` names them.");
                return Ok(ExitCode::FAILURE);
            }
            say("Keys before the newest are not needed any more, except for backups of the store.");
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn rewrap(options: &Rewrap) -> anyhow::Result<Rewrapped> {
    let folder = DataFolder::existing(&options.data)?;
    let store = options.content.open_existing(&folder, Instance::open(&folder)?.blob_key()?).await?;
    if !store.is_encrypted() {
        bail!("the content is not encrypted: name the file of its keys in CARREL_STORE_KEYS_FILE");
    }
    let progress = |sum: &Rewrapped| {
        if (sum.done + sum.already).is_multiple_of(SAY_EVERY) {
            say(&text(sum));
        }
    };
    store.rewrap(progress).await.context("rewrapping was broken off; call it again to go on")
}

fn text(sum: &Rewrapped) -> String {
    format!("{} rewrapped, {} under the newest key already, {} do not open", sum.done, sum.already, sum.damaged)
}

/// Adds a key at the end; the file is whole at any moment.
fn add(path: &Path) -> anyhow::Result<String> {
    let mut text = Zeroizing::new(String::new());
    if path.exists() {
        if fs::metadata(path)?.permissions().mode() & 0o007 != 0 {
            bail!("{} can be read by everybody: run `chmod o-rwx` on it", path.display());
        }
        *text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        // A file that is something else is not touched.
        ContentKeys::parse(&text).with_context(|| format!("reading {}", path.display()))?;
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    let mut key = Zeroizing::new([0_u8; 32]);
    getrandom::fill(key.as_mut_slice()).context("the system gave no randomness")?;
    text.push_str(&Zeroizing::new(hex::encode(key.as_slice())));
    text.push('\n');
    let id = ContentKeys::parse(&text)?.newest().to_string();
    let beside = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    };
    write().with_context(|| format!("writing {}", path.display()))?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t_010_keys_are_added_at_the_end_of_a_private_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("keys");
        let first = add(&file).expect("made");
        let once = fs::read_to_string(&file).expect("read");
        let second = add(&file).expect("added");
        let twice = fs::read_to_string(&file).expect("read");
        assert!(twice.starts_with(&once) && twice.lines().count() == 2 && first != second);
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(ContentKeys::parse(&twice).expect("keys").newest().to_string(), second);
        fs::write(&file, "something else").expect("written");
        add(&file).expect_err("not keys");
        assert_eq!(fs::read_to_string(&file).expect("read"), "something else");
    }
}
