#!/bin/sh
# Proves, as the ordinary user and in a subtree that is ours, what Bulkhead's cages rest on; prints facts as name=value.
set -eu

own=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
echo "uid=$(id -u)"
echo "controllers=$(cat "$own/cgroup.controllers")"

# A cgroup with processes of its own cannot hand out controllers, so we step down into a leaf first.
mkdir "$own/warden"
echo $$ >"$own/warden/cgroup.procs"
echo '+memory +pids' >"$own/cgroup.subtree_control"

cage=$own/hog
mkdir "$cage"
echo 64M >"$cage/memory.max"
echo 1 >"$cage/memory.oom.group"
# The file is there only if the kernel can swap.
[ ! -e "$cage/memory.swap.max" ] || echo 0 >"$cage/memory.swap.max"
hog='eaten = b"x" * (256 << 20); print("ate it all")'
status=0
sh -c 'echo $$ >"$0/cgroup.procs"; exec python3 -c "$1"' "$cage" "$hog" || status=$?
echo "hogStatus=$status"
echo "swapMax=$(cat "$cage/memory.swap.max" 2>/dev/null || echo none)"
echo "oomKills=$(sed -n 's/^oom_kill //p' "$cage/memory.events")"
echo "peakBytes=$(cat "$cage/memory.peak")"
rmdir "$cage"

cage=$own/crowd
mkdir "$cage"
# One of them leaves session and process group behind, as a daemon does.
sh -c 'echo $$ >"$0/cgroup.procs"; setsid sleep 1000 & sleep 1000 & sleep 1000' "$cage" &
until [ "$(wc -l <"$cage/cgroup.procs")" = 4 ]; do sleep 0.05; done
echo "crowdBefore=$(wc -l <"$cage/cgroup.procs")"
echo 1 >"$cage/cgroup.kill"
until grep -q '^populated 0' "$cage/cgroup.events"; do sleep 0.05; done
echo "crowdAfter=$(wc -l <"$cage/cgroup.procs")"
rmdir "$cage"
