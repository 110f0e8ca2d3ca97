#!/bin/sh
# Holds `callgate import` against the transcripts of real programs: Claude Code and Codex work against a scripted provider, with
# parallel calls, thinking, a subagent, a turn that is taken back and a compaction; then each request that the provider saw must
# be the beginning of one of the imported sessions, message by message.
#   Scripts/peers/transcripts.sh [claude] [codex]       both by default
# The programs come from PyPI into $CALLGATE_PEERS (a cache outside the repository); one that cannot be had is skipped.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
CALLGATE=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$CALLGATE" ] || { echo "$CALLGATE is missing; build it first: swift build" >&2; exit 1; }
command -v python3 >/dev/null || { echo "skipped: there is no python3" >&2; exit 77; }
exec python3 "$root/Scripts/peers/transcripts.py" "$CALLGATE" "$@"
