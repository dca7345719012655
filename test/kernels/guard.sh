#!/bin/bash
# guard.sh SECONDS FOLDER COMMAND…: ends COMMAND and all its processes at the time limit, or as soon as our stdin closes
# because whoever started us is dead; in that case the FOLDER nobody will read any more goes as well.
limit=$1 folder=$2
shift 2

# User-Mode Linux is one process per process inside; when its main one dies alone, the others stay and spin. All of them
# are in the process group that setsid makes and names after the main one.
setsid "$@" </dev/null >"$folder/console" 2>&1 &
kernel=$!
endKernel() { kill -s KILL -- "-$kernel" "$kernel" 2>/dev/null; }

# A shell without job control gives background jobs /dev/null as stdin, hence the copy.
exec 3<&0
(
  read -r -t "$limit" <&3
  # Above 128: the time was up; else the pipe was closed.
  [ $? -gt 128 ] && : >"$folder/timed-out" || : >"$folder/abandoned"
  endKernel
) &
watcher=$!

wait "$kernel"
endKernel
kill "$watcher" 2>/dev/null
[ ! -e "$folder/abandoned" ] || rm -rf "$folder"
