#!/bin/sh
# The linker of this repository: the machine's C compiler, as always. A machine that has only a Rust toolchain has none, and then
# not even `cargo xtask`, which installs everything else, could be linked: so this installs it first, after a question if it can ask.
set -eu

install() {
    exec 9>"${TMPDIR:-/tmp}/carrel-install-compiler.lock"
    flock 9
    if command -v cc >/dev/null; then return; fi
    as_root=
    if [ "$(id -u)" != 0 ]; then as_root="sudo --non-interactive"; fi
    if (: </dev/tty) 2>/dev/null; then
        printf '\nNo C compiler was found. Install gcc with apt-get? [Y/n] ' >/dev/tty
        read -r answer </dev/tty
        case "$answer" in [nN]*) echo "install gcc and libc6-dev" >&2; exit 1 ;; esac
        as_root=${as_root:+sudo}
    fi
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -q >&2
    $as_root apt-get install -q --yes --no-install-recommends gcc libc6-dev >&2
}

if ! command -v cc >/dev/null; then install; fi
exec cc "$@"
