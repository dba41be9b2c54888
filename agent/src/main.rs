//! `carrel-agent [--socket PATH] [--root PATH]`: reads its arguments and runs the agent.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use carrel_agent::Config;
use carrel_wire::agent::{SOCKET_PATH, WORKSPACE_ROOT};

fn main() -> ExitCode {
    let done = parse(std::env::args_os().skip(1)).and_then(carrel_agent::run);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "there is no log where this runs")]
            {
                eprintln!("carrel-agent: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = OsString>) -> io::Result<Config> {
    let mut config = Config { socket: SOCKET_PATH.into(), root: WORKSPACE_ROOT.into() };
    while let Some(option) = arguments.next() {
        let place = match option.to_str() {
            Some("--socket") => &mut config.socket,
            Some("--root") => &mut config.root,
            _ => return Err(io::Error::other(format!("unknown option {option:?}"))),
        };
        *place = arguments.next().ok_or_else(|| io::Error::other(format!("{option:?} needs a path")))?.into();
    }
    Ok(config)
}
