#!/bin/sh
# Installs MCP servers of both eras from PyPI into a cache outside the repository; prints the folder. Where it cannot, it
# says why, code 77.
set -eu
peers=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}
skip() {
    echo "skipped: $1" >&2
    exit 77
}
command -v python3 >/dev/null || skip "there is no python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "python3 is older than 3.10, which mcp needs"
mkdir -p "$peers"
# One installation at a time, however many runs begin together.
if command -v flock >/dev/null; then
    exec 9>"$peers/lock"
    flock 9
fi
install() {
    venv=$1
    shift
    [ -e "$peers/$venv/complete" ] && return
    rm -rf "${peers:?}/$venv"
    python3 -m venv "$peers/$venv" || skip "python3 cannot make a virtual environment (python3-venv is missing?)"
    "$peers/$venv/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 || skip "pip could not install $*"
    touch "$peers/$venv/complete"
}
install modern mcp-server-time mcp-server-git 'mcp>=2'
install legacy mcp-server-sqlite 'mcp<2'
echo "$peers"
