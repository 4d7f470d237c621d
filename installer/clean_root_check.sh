#!/usr/bin/env bash
# Runs the README's two commands from a clean clone in a clean Debian 12 root, then both again without a network.
#
#   sudo installer/clean_root_check.sh ROOT [COMMIT]
#
# ROOT is a folder that debootstrap made (bookworm, minbase, with python3, make, git and ca-certificates); package
# sources and certificates in it are the caller's affair. Everything happens below ROOT/srv.
set -euo pipefail
root=${1:?the folder of a clean Debian 12 root}
commit=${2:-HEAD}
source=$(cd "$(dirname "$0")/.." && pwd)
clone=$root/srv/pm_desktop
report=$root/srv/report.txt

[ "$(id -u)" = 0 ] || { echo "chroot and mount need root" >&2; exit 5; }
rm -rf "$clone"
git clone -q "$source" "$clone"
git -C "$clone" checkout -q "$commit"
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mountpoint -q "$root/dev" || mount --rbind /dev "$root/dev"
trap 'umount -l "$root/dev" "$root/proc"' EXIT

step() { # name, command...
    local name=$1 begun=$SECONDS code=0
    shift
    "$@" >"$root/srv/$name.log" 2>&1 || code=$?
    printf '%-22s exit %d  %4d s\n' "$name" "$code" $((SECONDS - begun)) | tee -a "$report"
    [ "$code" = 0 ] || { tail -n 40 "$root/srv/$name.log"; exit "$code"; }
}
inside() { env -u DISPLAY -u WAYLAND_DISPLAY "$@"; }

: >"$report"
step run inside chroot "$root" bash -c 'cd /srv/pm_desktop && make run'
ls -l "$clone/out" | tee -a "$report"
step test inside chroot "$root" bash -c 'cd /srv/pm_desktop && make test'
step run-without-network inside unshare -n chroot "$root" bash -c 'cd /srv/pm_desktop && make run'
step test-without-network inside unshare -n chroot "$root" bash -c 'cd /srv/pm_desktop && make test'
