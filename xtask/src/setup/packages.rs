//! Debian packages: what is missing, the question whether to install it, and the installation.

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;

use crate::run::{Run, find_program, is_interactive};

/// Something that a command needs and a Debian package brings.
#[derive(Debug)]
pub(crate) struct Need {
    pub(crate) package: &'static str,
    pub(crate) purpose: &'static str,
    present: fn() -> bool,
}

pub(crate) const COMPILER: Need =
    Need { package: "gcc", purpose: "links programs and compiles SQLite", present: || has("cc") };
pub(crate) const LIBC: Need = Need {
    package: "libc6-dev",
    purpose: "C headers and the static C library for the agent",
    present: || Path::new("/usr/lib/x86_64-linux-gnu/libc.a").exists(),
};
pub(crate) const CERTIFICATES: Need = Need {
    package: "ca-certificates",
    purpose: "authorities for downloads over TLS",
    present: || Path::new("/etc/ssl/certs/ca-certificates.crt").exists(),
};
pub(crate) const DOCKER: Need =
    Need { package: "docker.io", purpose: "the engine that runs sandboxes", present: || has("dockerd") };
pub(crate) const MMDEBSTRAP: Need =
    Need { package: "mmdebstrap", purpose: "makes the image of workspaces", present: || has("mmdebstrap") };
pub(crate) const MKFS: Need =
    Need { package: "e2fsprogs", purpose: "makes the volumes of workspaces", present: || has("mkfs.ext4") };
pub(crate) const MOUNT: Need =
    Need { package: "mount", purpose: "mounts the volumes of workspaces", present: || has("losetup") };
pub(crate) const PIP: Need = Need {
    package: "python3-pip",
    purpose: "fetches Node.js, because Debian's is too old for the frontend's tools",
    present: || Run::new("python3").args(["-m", "pip", "--version"]).succeeds(),
};
pub(crate) const POSTGRES: Need = Need {
    package: "postgresql",
    purpose: "the second database of the tests",
    present: || std::fs::read_dir("/usr/lib/postgresql").is_ok_and(|mut versions| versions.next().is_some()),
};
pub(crate) const LITMUS: Need =
    Need { package: "litmus", purpose: "the test program of WebDAV", present: || has("litmus") };
pub(crate) const NEXTCLOUD_CMD: Need =
    Need { package: "nextcloud-desktop-cmd", purpose: "a sync client of the tests", present: || has("nextcloudcmd") };
pub(crate) const OWNCLOUD_CMD: Need =
    Need { package: "owncloud-client-cmd", purpose: "a sync client of the tests", present: || has("owncloudcmd") };
/// With an answer in advance to the question at its installation: no mail service of the machine is set up and none is started.
pub(crate) const POSTFIX: Need = Need {
    package: "postfix",
    purpose: "the mail service of the tests",
    present: || Path::new("/usr/lib/postfix/sbin/master").exists(),
};
pub(crate) const DOVECOT: Need = Need {
    package: "dovecot-core",
    purpose: "checks passwords for the mail service of the tests",
    present: || Path::new("/usr/sbin/dovecot").exists(),
};
pub(crate) const OPENSSL: Need =
    Need { package: "openssl", purpose: "makes the certificates of the tests", present: || has("openssl") };
pub(crate) const CHROMIUM: Need =
    Need { package: "chromium", purpose: "the browser of the tests", present: || has("chromium") };
pub(crate) const GIT: Need =
    Need { package: "git", purpose: "cargo-deny and tests of workspaces", present: || has("git") };

fn has(program: &str) -> bool {
    find_program(program).is_some()
}

/// Installs what is missing, after a question when a person is there who can answer it.
pub(crate) fn ensure(needs: &[&Need], agreed: bool) -> anyhow::Result<()> {
    let missing: Vec<&Need> = needs.iter().copied().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        println!("    missing: {} ({})", need.package, need.purpose);
    }
    if !has("apt-get") {
        bail!("this machine has no apt-get: install the above by hand");
    }
    if !agreed && is_interactive() && !ask("Install them with apt-get?")? {
        bail!("nothing was installed");
    }
    let install = |run: Run| run.env("DEBIAN_FRONTEND", "noninteractive");
    install(Run::as_root("apt-get").args(["update", "-q"])).quiet()?;
    if missing.iter().any(|need| need.package == POSTFIX.package) {
        let answer = "postfix postfix/main_mailer_type select No configuration";
        let set = format!("echo '{answer}' | debconf-set-selections");
        install(Run::as_root("sh").args(["-c", &set])).quiet()?;
    }
    install(
        Run::as_root("apt-get")
            .args(["install", "-q", "--yes", "--no-install-recommends"])
            .args(missing.iter().map(|need| need.package)),
    )
    .quiet()?;
    match missing.iter().find(|need| !(need.present)()) {
        Some(need) => bail!("{} was installed, and what it should bring is still missing", need.package),
        None => Ok(()),
    }
}

fn ask(question: &str) -> anyhow::Result<bool> {
    print!("    {question} [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "" | "y" | "Y" | "yes"))
}
