//! `carrel user`: people, from the command line of the machine.

use std::{io::Read as _, process::ExitCode};

use anyhow::{Context as _, bail};
use carrel_cloud_backend::{administration, authz::Role};
use clap::{Args, Subcommand};

use super::block_on;
use crate::{cloud, data_folder::DataFolder, output::say, settings::Data};

#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a person
    Create {
        name: String,
        /// administrator, auditor, member or guest; several with commas
        #[arg(long, value_delimiter = ',', default_value = "member")]
        role: Vec<Role>,
        /// Where notices about the account's safety go
        #[arg(long, default_value = "")]
        email: String,
        /// A service account: it has no password, only tokens
        #[arg(long, conflicts_with = "password_stdin")]
        service: bool,
        #[command(flatten)]
        password: PasswordSource,
        #[command(flatten)]
        data: Data,
    },
    /// List all people
    List {
        #[command(flatten)]
        data: Data,
    },
    /// End a person's sessions and tokens and refuse new ones
    Disable {
        name: String,
        #[command(flatten)]
        data: Data,
    },
    /// Set a new password, enable the person again if they were disabled, and end what is open
    Reset {
        name: String,
        #[command(flatten)]
        password: PasswordSource,
        #[command(flatten)]
        data: Data,
    },
    /// Remove all second factors of somebody who lost them, and end their sessions
    ResetFactors {
        name: String,
        /// How it was made sure that it is the person who asks
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        data: Data,
    },
    /// Give somebody a role, or take it from them
    #[command(group(clap::ArgGroup::new("change").required(true)))]
    Role {
        name: String,
        #[arg(long, group = "change")]
        add: Option<Role>,
        #[arg(long, group = "change")]
        remove: Option<Role>,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Args)]
struct PasswordSource {
    /// Read the password from standard input; without it one is made and printed
    #[arg(long)]
    password_stdin: bool,
}

impl PasswordSource {
    /// The password, and whether it was made here and must be shown.
    fn password(&self) -> anyhow::Result<(String, bool)> {
        if !self.password_stdin {
            let mut bytes = [0_u8; 15];
            getrandom::fill(&mut bytes).context("the system gave no randomness")?;
            return Ok((hex::encode(bytes), true));
        }
        let mut text = String::new();
        std::io::stdin().take(4096).read_to_string(&mut text)?;
        let password = text.trim_end_matches(['\n', '\r']).to_owned();
        if password.is_empty() {
            bail!("standard input holds no password");
        }
        Ok((password, false))
    }
}

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    block_on(async {
        match options.command {
            Command::Create { name, role, email, service, password, data } => {
                let folder = DataFolder::open(&data)?;
                let (password, made) = password.password()?;
                let given = (!service).then_some(password.as_str());
                let (store, instance) = cloud::open_store(&folder, "").await?;
                let passwords = cloud::passwords(&instance)?;
                administration::create_account(&store, &passwords, &name, given, &email, &role).await?;
                if made && !service {
                    say(&password);
                }
                store.close().await;
            }
            Command::List { data } => {
                let store = cloud::open_store_as_it_is(&DataFolder::existing(&data)?).await?;
                for user in administration::list_users(&store).await? {
                    let state = if user.active { "active" } else { "disabled" };
                    say(&format!("{}\t{}\t{state}\t{}", user.name, user.roles, user.display_name));
                }
                store.close().await;
            }
            Command::Disable { name, data } => {
                let (store, _) = cloud::open_store(&DataFolder::existing(&data)?, "").await?;
                administration::disable_user(&store, &name).await?;
                store.close().await;
            }
            Command::ResetFactors { name, reason, data } => {
                let (store, _) = cloud::open_store(&DataFolder::existing(&data)?, "").await?;
                administration::reset_factors(&store, &name, &reason).await?;
                store.close().await;
            }
            Command::Role { name, add, remove, data } => {
                let (store, _) = cloud::open_store(&DataFolder::existing(&data)?, "").await?;
                for (role, give) in [(add, true), (remove, false)] {
                    if let Some(role) = role {
                        administration::change_role(&store, &name, role, give).await?;
                    }
                }
                store.close().await;
            }
            Command::Reset { name, password, data } => {
                let folder = DataFolder::existing(&data)?;
                let (password, made) = password.password()?;
                let (store, instance) = cloud::open_store(&folder, "").await?;
                administration::reset_user(&store, &cloud::passwords(&instance)?, &name, &password).await?;
                if made {
                    say(&password);
                }
                store.close().await;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
