//! The mail service from the command line and the environment.

use std::{os::unix::fs::PermissionsExt as _, path::PathBuf};

use anyhow::{Context as _, bail};
use carrel_cloud_backend::mail::Mailer;
use clap::Args;

/// Where mail is handed to. All of it may be absent: everything else works without.
#[derive(Clone, Args)]
pub(crate) struct Mail {
    /// `smtps://USER:PASSWORD@HOST:PORT` or `smtp+starttls://…`; `smtp://` only to this machine
    #[arg(long, env = "CARREL_SMTP_URL", value_name = "URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// File with the password, in place of one in the URL
    #[arg(long, env = "CARREL_SMTP_PASSWORD_FILE", value_name = "FILE")]
    smtp_password_file: Option<PathBuf>,
    /// File with a certificate of an authority of your own, in PEM
    #[arg(long, env = "CARREL_SMTP_CA_FILE", value_name = "FILE")]
    smtp_ca_file: Option<PathBuf>,
    /// Sender of mails, for example `Carrel <carrel@example.org>`
    #[arg(long, env = "CARREL_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
}

impl std::fmt::Debug for Mail {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("configured", &self.smtp_url.is_some()).finish_non_exhaustive()
    }
}

impl Mail {
    /// The mail service, if one is configured.
    pub(crate) fn mailer(&self) -> anyhow::Result<Option<Mailer>> {
        let Some(url) = self.smtp_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let from = self.mail_from.as_deref().context("CARREL_SMTP_URL needs CARREL_MAIL_FROM, the sender's address")?;
        let password = self.smtp_password_file.as_ref().map(password).transpose()?;
        let read = |path: &PathBuf| std::fs::read(path).with_context(|| format!("reading {}", path.display()));
        let authority = self.smtp_ca_file.as_ref().map(read).transpose()?;
        Ok(Some(Mailer::new(url, from, password.as_deref(), authority.as_deref())?))
    }
}

fn password(path: &PathBuf) -> anyhow::Result<String> {
    let read = || -> std::io::Result<(u32, String)> {
        let mode = std::fs::metadata(path)?.permissions().mode();
        Ok((mode, std::fs::read_to_string(path)?))
    };
    let (mode, text) = read().with_context(|| format!("reading {}", path.display()))?;
    // A secret that an orchestrator mounts may be readable by its group.
    if mode & 0o007 != 0 {
        bail!("{} can be read by everybody: run `chmod o-rwx` on it", path.display());
    }
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(url: Option<&str>, from: Option<&str>, file: Option<PathBuf>) -> Mail {
        Mail {
            smtp_url: url.map(str::to_owned),
            smtp_password_file: file,
            smtp_ca_file: None,
            mail_from: from.map(str::to_owned),
        }
    }

    #[test]
    fn mail_is_configured_as_a_whole_or_not_at_all() {
        assert!(mail(None, None, None).mailer().expect("fine").is_none());
        assert!(mail(Some("smtps://mail.example.org"), None, None).mailer().is_err());
        let there = mail(Some("smtps://mail.example.org"), Some("carrel@example.org"), None).mailer();
        assert_eq!(there.expect("fine").expect("there").place(), "mail.example.org:465");
    }

    #[test]
    fn t_133_a_password_that_everybody_can_read_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("password");
        std::fs::write(&file, "secret\n").expect("written");
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
        mode(0o644);
        let with = || mail(Some("smtps://u@mail.example.org"), Some("carrel@example.org"), Some(file.clone())).mailer();
        assert!(with().is_err());
        mode(0o600);
        assert!(with().is_ok());
        assert_eq!(password(&file).expect("read"), "secret");
    }
}
