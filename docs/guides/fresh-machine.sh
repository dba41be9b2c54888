#!/usr/bin/env bash
# Tries the two commands of the README on a machine that has Debian 12 and a Rust toolchain and nothing else.
#
#     docs/guides/fresh-machine.sh FOLDER [COMMAND…]
#
# Makes a minimal Debian in FOLDER (with mmdebstrap, as root), copies this machine's Rust toolchain and the committed state of the
# repository into it, enters it in namespaces of its own and runs COMMAND there in the repository; without one, `up` twice and `test`.
# FOLDER is kept, so that a second call goes on where the first one ended; remove it by hand.
set -euo pipefail

folder=$(realpath -m "$1")
shift
repository=$(cd "$(dirname "$0")/../.." && pwd)

make_debian() {
    # The machine's own sources and download settings: a mirror that serves this machine serves the new one.
    apt-config dump | grep '^Acquire::' | grep -v 'Acquire::GzipIndexes\|Acquire::CompressionTypes' >"$folder.apt" || true
    local sources=()
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        if grep -q bookworm "$file" 2>/dev/null; then sources+=("$file"); fi
    done
    # A Rust toolchain is fetched over TLS, so a machine that has one has certificates.
    mmdebstrap --variant=minbase --include=ca-certificates --aptopt="$folder.apt" bookworm "$folder" "${sources[@]}"
    rm -f "$folder.apt"
}

copy_toolchain() {
    mkdir -p "$folder/opt/rust"
    cp -a "$(rustc --print sysroot)/." "$folder/opt/rust/"
}

copy_repository() {
    rm -rf "$folder/srv/carrel"
    mkdir -p "$folder/srv/carrel"
    git -C "$repository" archive HEAD | tar -x -C "$folder/srv/carrel"
}

# How this machine reaches package registries: names, certificates, clients' settings.
copy_network_settings() {
    local file
    for file in /etc/hosts /etc/resolv.conf /etc/pip.conf /usr/etc/npmrc "$HOME/.npmrc" /etc/ssl/certs/ca-certificates.crt; do
        if [ -f "$file" ]; then install -D -m 644 "$file" "$folder${file/#$HOME//root}"; fi
    done
    env | grep -E '^(PIP_|NODE_EXTRA_CA|SSL_CERT|[a-z]+_proxy=)' | sed 's/^/export /; s/=\(.*\)/="\1"/' >"$folder/etc/network-settings" || true
}

if [ ! -x "$folder/usr/bin/apt-get" ]; then make_debian; fi
if [ ! -x "$folder/opt/rust/bin/cargo" ]; then copy_toolchain; fi
copy_repository
copy_network_settings

cat >"$folder/srv/try.sh" <<'INSIDE'
set -eu
. /etc/network-settings
export HOME=/root PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin CARGO_TARGET_DIR=/srv/target
export CARGO_TERM_COLOR=never
cd /srv/carrel
if [ "$#" -gt 0 ]; then exec "$@"; fi

# Starts Carrel as the README says, waits for the set-up link or for the address, and ends it.
try_up() {
    begin=$(date +%s)
    cargo xtask up --data /srv/data --listen 127.0.0.1:18080 >"/srv/$1.log" 2>&1 &
    carrel=$!
    until grep -q 'http://127.0.0.1:18080' "/srv/$1.log"; do
        kill -0 "$carrel" || { cat "/srv/$1.log"; exit 1; }
        sleep 0.2
    done
    echo "$1: ready after $(($(date +%s) - begin)) s"
    kill "$carrel"
    wait "$carrel" || true
}
try_up first-start
try_up second-start
cargo xtask test
INSIDE

# A root of its own, not only a changed one: the container runtime inside exchanges roots itself and needs a mount point for it.
exec unshare --mount --pid --fork --kill-child sh -c '
    set -eu
    mount --make-rprivate /
    mount --bind "$1" "$1"
    cd "$1"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs tmpfs run
    mkdir -p old-root
    shift
    pivot_root . old-root
    umount -l /old-root
    exec sh /srv/try.sh "$@"
' enter "$folder" "$@"
