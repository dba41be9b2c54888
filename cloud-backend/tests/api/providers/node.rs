//! Providers of identities as programs of their own: a real one, and one that says whatever the test wants.
#![allow(clippy::disallowed_methods, reason = "starting the providers is what this is for")]

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::{app::TestApp, client::http_client};

/// A running provider. It ends with this value.
pub(super) struct NodeProvider {
    child: Child,
    issuer: String,
}

/// The name of whatever provider listens where this server may ask one.
pub(super) fn issuer(app: &TestApp) -> String {
    format!("http://{}", app.provider)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/oidc_provider")
}

impl NodeProvider {
    /// The npm package `oidc-provider` with one client: this server.
    pub(super) fn real(app: &TestApp, provider_id: &str) -> Self {
        let callback = format!("{}/api/v1/sign-in/callback", app.base);
        let logout = format!("{}/api/v1/sign-in/providers/{provider_id}/back-channel-logout", app.base);
        Self::start(app, "provider.mjs", &[&callback, &logout])
    }

    /// A provider whose codes say which token comes for them.
    pub(super) fn forger(app: &TestApp) -> Self {
        Self::start(app, "forger.mjs", &[])
    }

    fn start(app: &TestApp, script: &str, arguments: &[&str]) -> Self {
        let folder = folder();
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "run `npm ci` in {}, or `cargo xtask test`, which does",
            folder.display()
        );
        // A plain exec under setpriv: the kernel ends it with the thread that started it, so no killed test leaves one.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "node", script]).current_dir(folder);
        command.arg(app.provider.ip().to_string()).arg(app.provider.port().to_string()).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line == "ready"), "{script} ended before it was ready");
        // What it says later is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer: issuer(app) }
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it something itself.
    pub(super) async fn ask(&self, path: &str) -> Value {
        let answer = http_client().get(format!("{}{path}", self.issuer)).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

impl Drop for NodeProvider {
    fn drop(&mut self) {
        // An error means that it has ended already, which is what is wanted.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
