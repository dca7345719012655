#!/bin/bash
# build.sh FOLDER NODE: puts a User-Mode Linux kernel and a Debian root disk with NODE into FOLDER; installs nothing on the host.
set -euo pipefail

folder=$1 node=$2
here=$(dirname "$(realpath "$0")")
work=$folder/work
# mmdebstrap calls its own helpers by name.
export PATH=$work/tools/usr/bin:$PATH:/usr/sbin:/sbin LC_ALL=C
mkdir -p "$work/debs" "$work/tmp"
export TMPDIR=$work/tmp

# No udev: the kernel mounts its disk itself, and without udev the user session is up seconds earlier.
packages=(systemd systemd-sysv dbus dbus-user-session libpam-systemd iproute2 procps util-linux python3-minimal libstdc++6)

# A fresh container has no package lists.
apt-cache show mmdebstrap user-mode-linux >/dev/null 2>&1 || apt-get -qq update
(cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download mmdebstrap user-mode-linux)
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$work/tools"; done

# The guest is the host's own release from the host's own mirror.
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(ORIGIN) $(REPO_URI)' 'Created-By: Packages' |
  awk -v suite="$suite" '$1 == suite && $2 == "main" && $3 == "Debian" { print $4; exit }')
if [ -z "$mirror" ]; then
  echo "kernels: apt has no Debian mirror for '$suite', this host's release" >&2
  exit 1
fi

mmdebstrap --quiet --mode=root --variant=minbase \
  --include="$(IFS=, && echo "${packages[*]}")" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  "$suite" "$work/rootfs" "$mirror"
install -m755 "$node" "$work/rootfs/usr/local/bin/node"
"$here/furnish.sh" "$work/rootfs"

# Slack for what a boot writes; blocks nobody writes stay holes. A disk used for one boot needs neither a journal nor
# inode tables that the kernel would otherwise zero in the background.
size=$(($(du -sm "$work/rootfs" | cut -f1) + 400))
mke2fs -q -F -t ext4 -m 0 -O ^has_journal -E lazy_itable_init=0 -d "$work/rootfs" "$folder/root.img" "${size}M"
install -m755 "$work/tools/usr/bin/linux.uml" "$folder/linux.uml"
rm -rf --one-file-system "$work"
