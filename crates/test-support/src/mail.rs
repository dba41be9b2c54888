//! A mail service of its own for one test: Postfix with a certificate of a test authority, Dovecot to check its password, one mailbox.
//!
//! Postfix runs as root only, and so do the tests that need it, like those that need sandboxes.

use std::io;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_TIMEOUT: Duration = Duration::from_secs(30);
/// Whom it lets send.
pub const USER: &str = "carrel";
pub const PASSWORD: &str = "a password for mail";
/// Whose mail it takes.
pub const DOMAIN: &str = "example.test";

/// A running mail service. Dropping it ends it and removes what it took.
#[derive(Debug)]
pub struct TestMail {
    programs: Vec<Child>,
    folder: tempfile::TempDir,
    /// Speaks TLS from the first byte.
    pub tls: u16,
    /// Wants STARTTLS before anything else.
    pub starttls: u16,
    /// Has no TLS at all, like one behind somebody who strips it.
    pub plain: u16,
}

impl TestMail {
    /// Starts it on free ports and waits until it answers. Call it on the test's own thread: it ends with it.
    ///
    /// # Errors
    /// When Postfix, Dovecot or OpenSSL is not installed, this is not root, or it does not start.
    pub fn start() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("carrel-mail-").tempdir()?;
        // Its programs run as other users and pass through.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
        let (tls, starttls, plain) = (crate::free_port()?, crate::free_port()?, crate::free_port()?);
        let owner = service_user()?;
        for name in ["conf", "queue", "data", "mail"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        for name in ["data", "mail"] {
            std::os::unix::fs::chown(folder.path().join(name), Some(owner.0), Some(owner.1))?;
        }
        certificate(folder.path())?;
        configure(folder.path(), owner, [tls, starttls, plain])?;
        let conf = folder.path().join("conf");
        // Makes the folders of the queue.
        run(Command::new("postfix").arg("-c").arg(&conf).arg("check"))?;
        let mut mail = Self { programs: Vec::new(), folder, tls, starttls, plain };
        mail.spawn(Command::new("setpriv").args(PARENT).args(["dovecot", "-F", "-c"]).arg(mail.path("dovecot.conf")))?;
        mail.spawn(Command::new("setpriv").args(PARENT).args([MASTER, "-d", "-c"]).arg(&conf))?;
        mail.await_ready()?;
        Ok(mail)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn spawn(&mut self, command: &mut Command) -> io::Result<()> {
        // A group of its own: Postfix ends its whole group.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.programs.push(command.spawn()?);
        Ok(())
    }

    fn await_ready(&mut self) -> io::Result<()> {
        let begin = Instant::now();
        while !self.answers() {
            let ended = self.programs.iter_mut().any(|program| !matches!(program.try_wait(), Ok(None)));
            if ended || begin.elapsed() > START_TIMEOUT {
                let log = |name| std::fs::read_to_string(self.path(name)).unwrap_or_default();
                return Err(io::Error::other(format!("no mail service: {} {}", log("log"), log("dovecot.log"))));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn answers(&self) -> bool {
        self.path("queue/private/auth").exists()
            && [self.tls, self.starttls, self.plain].iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_ok())
    }

    /// The authority's certificate, in PEM.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn authority(&self) -> io::Result<Vec<u8>> {
        std::fs::read(self.path("ca.pem"))
    }

    /// All mails that it has delivered, as they lie in the mailbox, in no order.
    ///
    /// # Errors
    /// When the mailbox cannot be read.
    pub fn delivered(&self) -> io::Result<Vec<String>> {
        let inbox = self.path("mail/inbox/new");
        if !inbox.exists() {
            return Ok(Vec::new());
        }
        std::fs::read_dir(inbox)?.map(|entry| std::fs::read_to_string(entry?.path())).collect()
    }
}

impl Drop for TestMail {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let id = i32::try_from(program.id()).ok().and_then(rustix::process::Pid::from_raw);
            if let Some(id) = id {
                // Has ended already: that is what is wanted.
                rustix::process::kill_process(id, rustix::process::Signal::TERM).ok();
            }
            program.wait().ok();
        }
    }
}

const MASTER: &str = "/usr/lib/postfix/sbin/master";
/// The kernel ends the program with the thread that started it, so no killed test leaves one.
const PARENT: [&str; 3] = ["--pdeathsig", "TERM", "--"];

fn service_user() -> io::Result<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let ids = passwd.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postfix:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    ids.ok_or_else(|| io::Error::other("Postfix is not installed: `cargo xtask test` installs it"))
}

/// A test authority and a certificate of it for `localhost`.
fn certificate(folder: &Path) -> io::Result<()> {
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let openssl = |arguments: &[&str]| run(Command::new("openssl").args(arguments).current_dir(folder));
    std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n")?;
    let authority = ["-days", "2", "-subj", "/CN=Carrel test authority", "-keyout", "ca.key", "-out", "ca.pem"];
    openssl(&[&["req", "-x509"], &key[..], &authority].concat())?;
    openssl(&[&["req"], &key[..], &["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "wish.pem"]].concat())?;
    let issue = ["x509", "-req", "-in", "wish.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
    openssl(&[&issue[..], &["-days", "2", "-extfile", "names", "-out", "cert.pem"]].concat())
}

fn configure(folder: &Path, (uid, gid): (u32, u32), [tls, starttls, plain]: [u16; 3]) -> io::Result<()> {
    let home = folder.display();
    let main = format!(
        "compatibility_level = 3.6\nqueue_directory = {home}/queue\ndata_directory = {home}/data\nmaillog_file = {home}/log\n\
         maillog_file_prefixes = {home}\nmyhostname = mail.{DOMAIN}\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\n\
         mydestination =\nmynetworks =\nalias_maps =\nalias_database =\nvirtual_mailbox_domains = {DOMAIN}\n\
         virtual_mailbox_base = {home}/mail\nvirtual_mailbox_maps = static:inbox/\nvirtual_uid_maps = static:{uid}\n\
         virtual_gid_maps = static:{gid}\nsmtpd_tls_cert_file = {home}/cert.pem\nsmtpd_tls_key_file = {home}/key.pem\n\
         smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\nsmtpd_sasl_path = private/auth\n\
         smtpd_relay_restrictions = permit_sasl_authenticated, reject\n\
         smtpd_recipient_restrictions = permit_sasl_authenticated, reject\n"
    );
    std::fs::write(folder.join("conf/main.cf"), main)?;
    let mut services = format!(
        "127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n\
         127.0.0.1:{starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n\
         127.0.0.1:{plain} inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n\
         qmgr unix n - n 300 1 qmgr\ntlsmgr unix - - n 1000? 1 tlsmgr\nanvil unix - - n - 1 anvil\n\
         cleanup unix n - n - 0 cleanup\nrewrite unix - - n - - trivial-rewrite\nproxymap unix - - n - - proxymap\n\
         virtual unix - n n - - virtual\n"
    );
    for (name, program) in
        [("bounce", "bounce"), ("defer", "bounce"), ("trace", "bounce"), ("error", "error"), ("retry", "error")]
    {
        services.push_str(&format!("{name} unix - - n - 0 {program}\n"));
    }
    std::fs::write(folder.join("conf/master.cf"), services)?;
    let passwords = format!(
        "protocols =\nbase_dir = {home}/dovecot\nstate_dir = {home}/dovecot\nlog_path = {home}/dovecot.log\n\
         instance_name = carrel-test\nssl = no\nauth_mechanisms = plain login\n\
         passdb {{\n  driver = passwd-file\n  args = scheme=PLAIN username_format=%u {home}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid=nobody gid=nogroup home=/nonexistent\n}}\n\
         service auth {{\n  unix_listener {home}/queue/private/auth {{\n    mode = 0660\n    user = postfix\n  }}\n}}\n"
    );
    std::fs::write(folder.join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}\n"))?;
    std::fs::write(folder.join("dovecot.conf"), passwords)
}

fn run(command: &mut Command) -> io::Result<()> {
    let done = command.stdin(Stdio::null()).output()?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    Err(io::Error::other(format!("{}: {}", command.get_program().display(), said.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_and_ends_with_its_value() {
        let mail = TestMail::start().unwrap();
        let (port, ids) = (mail.tls, mail.programs.iter().map(Child::id).collect::<Vec<_>>());
        assert!(mail.delivered().unwrap().is_empty());
        assert!(String::from_utf8(mail.authority().unwrap()).unwrap().contains("BEGIN CERTIFICATE"));
        drop(mail);
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
        for id in ids {
            assert!(crate::process::descendants(id).unwrap().is_empty());
        }
    }
}
