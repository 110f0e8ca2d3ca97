#!/bin/sh
# Gives the program what strangers send, one case after the other, and says what it made of each: answers that fit no
# description of the formats, catalogues with faults, MCP servers that bend the protocol, files of other programs.
#   Scripts/peers/strangers.sh [NAME ...]       every case by default
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
CALLGATE=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$CALLGATE" ] || { echo "$CALLGATE is missing; build it first: swift build" >&2; exit 1; }
command -v python3 >/dev/null || { echo "skipped: there is no python3" >&2; exit 77; }
exec python3 "$root/Scripts/peers/strangers.py" "$CALLGATE" "$@"
