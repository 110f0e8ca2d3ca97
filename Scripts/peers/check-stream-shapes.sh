#!/bin/sh
# Streams what the types of python's `openai` and `anthropic` packages serialise to, has the packages' own clients read
# it, runs a workflow against the same streams, and compares what both made of it.
#
#   Scripts/peers/check-stream-shapes.sh [CALLGATE]    the program; .build/debug/callgate by default
#   CALLGATE_PEERS=DIR                                 where the packages lie; ~/.cache/callgate-peers by default
#
# Exit code 77, with the reason on standard error, where the packages cannot be had.
set -eu
root="$(cd "$(dirname "$0")/../.." && pwd)"
callgate="$(realpath "${1:-$root/.build/debug/callgate}")"
cache="${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}"
if [ ! -d "$cache/clients" ]; then
    command -v python3 >/dev/null 2>&1 || { echo "skipped: there is no python3" >&2; exit 77; }
    mkdir -p "$cache"
    python3 -m venv "$cache/clients" >&2
    "$cache/clients/bin/pip" install -q openai anthropic >&2 || {
        rm -rf "$cache/clients"
        echo "skipped: the packages openai and anthropic cannot be installed" >&2
        exit 77
    }
fi
exec "$cache/clients/bin/python" "$root/Scripts/peers/stream_shapes.py" "$callgate"
