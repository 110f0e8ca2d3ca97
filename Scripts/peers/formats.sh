#!/bin/sh
# Has the Python clients of the providers (openai, anthropic, google-genai, ollama) read the streams and whole responses
# that we write, and wants the same words, thinking and calls from them as were written.
#
#   Scripts/peers/formats.sh
#   CALLGATE_PEERS=DIR      where the packages lie; ~/.cache/callgate-peers by default
#
# Exit code 77, with the reason on standard error, where the packages cannot be had.
set -eu
root="$(cd "$(dirname "$0")/../.." && pwd)"
cache="${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}"
if [ ! -d "$cache/format-clients" ]; then
    command -v python3 >/dev/null 2>&1 || { echo "skipped: there is no python3" >&2; exit 77; }
    mkdir -p "$cache"
    python3 -m venv "$cache/format-clients" >&2
    "$cache/format-clients/bin/pip" install -q openai anthropic google-genai ollama >&2 || {
        rm -rf "$cache/format-clients"
        echo "skipped: the packages openai, anthropic, google-genai and ollama cannot be installed" >&2
        exit 77
    }
fi
cd "$root"
exec swift test --filter PeerClientTests
