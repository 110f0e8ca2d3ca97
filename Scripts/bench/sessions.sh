#!/bin/sh
# Makes long sessions and measures 'callgate replay' with them in a pseudo-terminal, beside less (and lnav, where it is
# installed) on the same files in the same run.
#   Scripts/bench/sessions.sh [EVENTS [BYTES]]          100000 events and 1000000000 bytes by default
# The figures: the time to the first screen, memory, and from a key to the painted screen (p50 and p99).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
events=${1:-100000}
bytes=${2:-1000000000}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/callgate-sessions.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
swift build --package-path "$root" -c release --product callgate >&2
swift build --package-path "$root" -c release --product callgate-bench >&2
bin=$root/.build/release
"$bin/callgate-bench" session --events "$events" "$scratch/long.jsonl"
"$bin/callgate-bench" session --events "$events" --bytes "$bytes" "$scratch/large.jsonl"
"$bin/callgate-bench" session --events 20000 --bytes "$((bytes / 10))" --shape results "$scratch/results.jsonl"
python3 "$here/sessions.py" "$bin/callgate" "$scratch/long.jsonl" "$scratch/large.jsonl" "$scratch/results.jsonl"
