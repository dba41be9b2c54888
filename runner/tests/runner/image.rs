//! The workspace image as it is in Docker; with `CARREL_TEST_LONG`, that the recipe gives the same bytes twice.

use carrel_ids::WorkspaceId;
use carrel_runner::image;
use carrel_test_support::TempData;
use sha2::{Digest as _, Sha256};

use crate::host::{LIMITS, runner};

#[tokio::test]
async fn the_image_has_its_tools_and_nothing_that_raises_rights() {
    let runner = runner().await;
    let sandbox = runner.start_sandbox(WorkspaceId::new(), LIMITS).await;
    let raised =
        runner.shell(sandbox, "find / -xdev \\( -perm -4000 -o -perm -2000 \\) ! -type l 2>/dev/null | head").await;
    assert_eq!(raised, "");
    let who = runner.shell(sandbox, "id -u; id -un; echo $HOME; pwd").await;
    assert_eq!(who, "10001\ncarrel\n/home/carrel\n/workspace");
    for command in [
        "git --version",
        "python3 -m pytest --version",
        "python3 -m venv --without-pip /tmp/venv",
        "node --version",
        "npm --version",
        "rg --version",
        "tsc --version",
        "pyright --version",
        "typescript-language-server --version",
        "bash-language-server --version",
        "printf 'int main(){return 0;}' > /tmp/m.c && gcc -o /tmp/m /tmp/m.c && /tmp/m",
    ] {
        let done = runner.exec(sandbox, &["bash", "-lc", command]).await;
        assert_eq!(done.code, 0, "{command}: {done:?}");
    }
    // Nothing is installed in a sandbox, and no name of a server of the building machine is left.
    let places = "/etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/* /etc/resolv.conf";
    let sources = runner.shell(sandbox, &format!("cat {places} 2>/dev/null || true")).await;
    assert_eq!(sources, "");
}

#[tokio::test]
async fn two_builds_of_the_recipe_are_the_same_bytes() {
    if std::env::var_os("CARREL_TEST_LONG").is_none() {
        eprintln!("takes minutes and downloads: runs with `cargo xtask test --long`");
        return;
    }
    let mut digests = Vec::new();
    for _ in 0..2 {
        let folder = TempData::new().unwrap();
        let archive = image::build_archive(folder.path(), &mut |line| eprintln!("{line}")).await.unwrap();
        // Half a gigabyte.
        digests.push(Sha256::digest(std::fs::read(archive).unwrap()));
    }
    assert_eq!(digests[0], digests[1]);
}
