#!/bin/sh
# Lets the disk under the journals fill up at random moments of runs, and kills them meanwhile: nothing is lost and nothing
# happens twice. Needs root, for a small disk of its own (tmpfs).
#
#     Scripts/bench/full-disk.sh [TRIALS [SEED]]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
callgate=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$callgate" ] || { echo "$callgate is missing; build it first: swift build" >&2; exit 1; }
[ "$(id -u)" = 0 ] || { echo "only root can mount a small disk; nothing was tried" >&2; exit 77; }
disk=$(mktemp -d)
mount -t tmpfs -o size=2m,mode=700 callgate "$disk"
trap 'umount "$disk"; rmdir "$disk"' EXIT
python3 "$root/Scripts/bench/full_disk.py" "$callgate" "$disk" "$@"
