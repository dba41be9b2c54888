//! The processes beside the main one: started, watched, started again when they die, and ended with it.

use std::{process::Stdio, time::Duration};

use tokio::{process::Command, time::sleep};

/// Pause before a process that died is started again; doubled at each death, up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// A process that lived so long starts with the first pause again.
const STABLE: Duration = Duration::from_secs(20);

/// Keeps `carrel ARGUMENTS` running until the future is dropped. The child ends when its standard input does, which is when
/// this process is gone, however it went.
pub(crate) async fn keep_running(name: &'static str, arguments: Vec<std::ffi::OsString>) {
    let mut pause = FIRST_PAUSE;
    loop {
        let started = std::time::Instant::now();
        match start(&arguments) {
            Ok(mut child) => {
                // Held here: waiting for a child closes the input that it still has.
                let input = child.stdin.take();
                let status = child.wait().await;
                drop(input);
                tracing::warn!(name, ?status, "a service ended and is started again");
            }
            Err(error) => tracing::error!(name, %error, "a service cannot be started"),
        }
        pause = if started.elapsed() > STABLE { FIRST_PAUSE } else { (pause * 2).min(LAST_PAUSE) };
        sleep(pause).await;
    }
}

#[allow(clippy::disallowed_methods, reason = "the program starts itself, with fixed arguments")]
fn start(arguments: &[std::ffi::OsString]) -> std::io::Result<tokio::process::Child> {
    Command::new(std::env::current_exe()?).args(arguments).stdin(Stdio::piped()).kill_on_drop(true).spawn()
}

/// Returns when standard input ends.
pub(crate) async fn parent_gone() {
    let (gone, wait) = tokio::sync::oneshot::channel::<()>();
    // A thread of its own: a read of standard input cannot be given up, and it must not keep the runtime from ending.
    let reader = std::thread::Builder::new().name("parent".to_owned()).spawn(move || {
        let copied = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        tracing::debug!(?copied, "standard input ended");
        drop(gone);
    });
    match reader {
        // The sender is only ever dropped, so an error is what is waited for.
        Ok(_) => drop(wait.await),
        Err(error) => tracing::error!(%error, "the parent cannot be watched"),
    }
}

/// Returns when the process is asked to end.
pub(crate) async fn asked_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let (terminate, interrupt) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()));
    match (terminate, interrupt) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        // Without handlers the signals end the process by themselves.
        _ => std::future::pending().await,
    }
}
