#!/bin/bash
# furnish.sh ROOTFS: adds the ordinary user `dev`, the programs that carry out orders, and takes away what only slows a boot.
set -euo pipefail

rootfs=$1
here=$(dirname "$(realpath "$0")")

cp -r --no-preserve=ownership "$here/root/." "$rootfs/"
chmod 755 "$rootfs"/usr/local/lib/bulkhead/* "$rootfs"/usr/local/sbin/*
mkdir -p "$rootfs/host" "$rootfs/bulkhead"

chroot "$rootfs" useradd --create-home --uid 1000 --shell /bin/bash dev
# Lingering: the user manager runs from boot on, as it does for anyone who is logged in.
mkdir -p "$rootfs/var/lib/systemd/linger"
touch "$rootfs/var/lib/systemd/linger/dev"

echo kernels >"$rootfs/etc/hostname"
echo '127.0.0.1 localhost kernels' >"$rootfs/etc/hosts"
: >"$rootfs/etc/fstab"
# Without an id systemd takes every boot for the first and sets all units anew.
tr -d - </proc/sys/kernel/random/uuid >"$rootfs/etc/machine-id"

chroot "$rootfs" systemctl --quiet enable bulkhead-order.service
chroot "$rootfs" systemctl --quiet set-default multi-user.target
chroot "$rootfs" systemctl --quiet mask getty@tty1.service console-getty.service getty.target \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  systemd-pstore.service systemd-random-seed.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
  systemd-journal-flush.service systemd-networkd.service systemd-networkd.socket \
  systemd-sysusers.service systemd-modules-load.service modprobe@.service dev-mqueue.mount
