#!/bin/sh
# Reads what 'callgate export' writes with the packages whose formats they are: logs with inspect-ai, spans with
# opentelemetry-proto, and compares what they say with the journal.
#   Scripts/peers/exchange.sh [SESSION.jsonl ...]       the sessions that come with the program by default
# PYTHON names the interpreter that has the packages. A package that is absent is skipped, with a line that says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/callgate-exchange.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
if [ -z "${CALLGATE:-}" ]; then
    swift build --package-path "$root" --product callgate >&2
    CALLGATE=$root/.build/debug/callgate
fi
[ $# -gt 0 ] || set -- "$root"/sessions/*.jsonl
for session in "$@"; do
    name=$(basename "$session" .jsonl)
    "$CALLGATE" export "$session" --format inspect --output "$scratch/$name.inspect.json" 2>/dev/null
    "$CALLGATE" export "$session" --format otel --output "$scratch/$name.otel.json" 2>/dev/null
    "${PYTHON:-python3}" "$here/exchange.py" "$session" "$scratch/$name.inspect.json" "$scratch/$name.otel.json"
done
