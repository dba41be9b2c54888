//! nginx as a peer: the same requests on a folder of the same disk, with a name and a password to check.

#![allow(clippy::disallowed_methods, reason = "the peer of the measurement")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use carrel_test_support::wait_until;
use tokio::process::{Child, Command};

use super::runs::Server;

const PROGRAM: &str = "/usr/sbin/nginx";
/// `bench` and the password in `users`, as Basic authentication writes them.
const AUTHORIZATION: &str = "Basic YmVuY2g6YmVuY2g=";

/// A running nginx; it ends with this.
pub(super) struct Nginx {
    _process: Child,
    port: u16,
}

impl Nginx {
    /// None where it is not installed.
    pub(super) async fn start(folder: &Path) -> anyhow::Result<Option<Self>> {
        if !Path::new(PROGRAM).exists() {
            return Ok(None);
        }
        let port = carrel_test_support::free_port()?;
        fs::create_dir_all(folder.join("data"))?;
        fs::write(folder.join("users"), "bench:{PLAIN}bench\n")?;
        let configuration = folder.join("nginx.conf");
        fs::write(&configuration, text(folder, port))?;
        // A plain exec under setpriv: the kernel ends it with the program that started it.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--", PROGRAM, "-e"]).arg(folder.join("log")).arg("-c").arg(configuration);
        let process = command.stdin(Stdio::null()).kill_on_drop(true).spawn()?;
        let up = || async move { std::net::TcpStream::connect(("127.0.0.1", port)).ok().map(drop) };
        wait_until(Duration::from_secs(10), "nginx", up).await?;
        Ok(Some(Self { _process: process, port }))
    }

    pub(super) fn server(&self) -> Server {
        Server::plain(([127, 0, 0, 1], self.port).into(), AUTHORIZATION)
    }
}

fn text(folder: &Path, port: u16) -> String {
    let path = |name: &str| -> PathBuf { folder.join(name) };
    let mut temporary = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        temporary.push_str(&format!("{kind}_temp_path {};\n", path("data").join(kind).display()));
    }
    format!(
        "user root; worker_processes auto; master_process off; daemon off; pid {pid}; error_log {log} crit;
events {{ worker_connections 1024; }}
http {{ {temporary} access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 10000000;
default_type application/octet-stream;
server {{ listen 127.0.0.1:{port} backlog=1024; root {data}; client_max_body_size 0; client_body_buffer_size 64k;
auth_basic x; auth_basic_user_file {users}; location / {{ dav_methods PUT DELETE; create_full_put_path on; }} }} }}
",
        pid = path("pid").display(),
        log = path("log").display(),
        data = path("data").display(),
        users = path("users").display(),
    )
}
