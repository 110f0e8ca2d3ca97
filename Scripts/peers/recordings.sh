#!/bin/sh
# Holds `callgate import` against recordings of real proxies: Claude Code works through cc-dump and through mitmproxy (flows and
# HAR) with a scripted provider behind them; the imported sessions must hold what the provider was asked and said.
#   Scripts/peers/recordings.sh [cc-dump] [mitmproxy]       both by default
# The programs come from PyPI into $CALLGATE_PEERS (a cache outside the repository); one that cannot be had is skipped.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
CALLGATE=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$CALLGATE" ] || { echo "$CALLGATE is missing; build it first: swift build" >&2; exit 1; }
command -v python3 >/dev/null || { echo "skipped: there is no python3" >&2; exit 77; }
exec python3 "$root/Scripts/peers/recordings.py" "$CALLGATE" "$@"
