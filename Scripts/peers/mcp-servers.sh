#!/bin/sh
# Holds callgate against published MCP servers: each is installed from PyPI, asked for its tools by a client that shares no
# code with Callgate, and then listed, linted and called by `callgate tools`. Prints a line for each server and the sums.
#   Scripts/peers/mcp-servers.sh [PACKAGE ...]       all of mcp-servers.py by default
# Each server has a virtual environment of its own in $CALLGATE_PEERS/servers (a cache outside the repository). What cannot
# be installed or started is skipped, with the reason. Servers run without a network where `unshare` can take it away.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
peers=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}
skip() {
    echo "skipped: $1" >&2
    exit 77
}
command -v python3 >/dev/null || skip "there is no python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "python3 is older than 3.10, which mcp needs"
if [ ! -x "$peers/uv/bin/uv" ]; then
    python3 -m venv "$peers/uv" || skip "python3 cannot make a virtual environment (python3-venv is missing?)"
    "$peers/uv/bin/pip" install --quiet --disable-pip-version-check uv >&2 || skip "pip could not install uv"
fi
CALLGATE=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$CALLGATE" ] || { echo "$CALLGATE is missing; build it first: swift build" >&2; exit 1; }
export CALLGATE
exec python3 "$root/Scripts/peers/mcp-servers.py" "$peers" "$@"
