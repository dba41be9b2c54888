#!/bin/sh
# Runs on the building machine with the new root file system as its only argument, after the packages are installed.
# CARREL_TOOLS is the folder into which the language servers of package.json were unpacked.
set -eu
root="$1"

# The user of every sandbox. Its home and the workspace are mounted over these empty folders.
chroot "$root" groupadd --gid 10001 carrel
chroot "$root" useradd --uid 10001 --gid 10001 --home-dir /home/carrel --no-create-home --shell /bin/bash carrel
install -d -m 0755 "$root/home/carrel" "$root/workspace" "$root/opt/carrel"
: > "$root/opt/carrel/agent"

# Language servers and npm, reachable through a PATH that login shells reset.
install -d -m 0755 "$root/opt/tools"
cp -R --no-preserve=ownership "$CARREL_TOOLS/node_modules" "$root/opt/tools/node_modules"
# It names the registry that the packages came from.
rm -f "$root/opt/tools/node_modules/.package-lock.json"
chmod -R u=rwX,go=rX "$root/opt/tools"
for tool in bash-language-server npm npx pyright pyright-langserver tsc tsserver typescript-language-server; do
    test -e "$root/opt/tools/node_modules/.bin/$tool"
    ln -s "/opt/tools/node_modules/.bin/$tool" "$root/usr/local/bin/$tool"
done
ln -sf vim.tiny "$root/usr/bin/vim"

# Nothing of the building machine stays inside; nothing is installed in a sandbox, so there are no package sources either.
rm -f "$root/etc/apt/sources.list" "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/var/cache/debconf/*-old "$root"/var/lib/dpkg/*-old
rm -rf "$root"/var/cache/ldconfig/aux-cache "$root"/var/log/* "$root"/tmp/* "$root/root"/.npm "$root"/etc/ssh/ssh_host_*
rm -f "$root/etc/resolv.conf" "$root/etc/hostname" "$root/etc/.pwd.lock" "$root/etc/passwd-" "$root/etc/group-" \
    "$root/etc/shadow-" "$root/etc/gshadow-" "$root/etc/subuid-" "$root/etc/subgid-"
: > "$root/etc/machine-id"
# Bytecode holds the order in which it was compiled.
find "$root/usr" -type d -name __pycache__ -prune -exec rm -rf {} +

# No program may give its caller the rights of another user.
find "$root" -xdev \( -perm -4000 -o -perm -2000 \) ! -type l -exec chmod ug-s {} +
