#!/bin/sh
# Runs callgate-bench and llguidance in turn on the same cases, and prints the ratios.
#   Scripts/bench/compare.sh FOLDER VOCAB [--limit N]
# PYTHON names a Python with llguidance (default: python3).
set -eu
folder=$1
vocab=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
swift build --package-path "$root" -c release --product callgate-bench
"$root/.build/release/callgate-bench" mask "$folder" --vocab "$vocab" --json "$@" > "$scratch/callgate.json"
"${PYTHON:-python3}" "$here/llguidance.py" "$folder" --vocab "$vocab" --json "$@" > "$scratch/llguidance.json"
"${PYTHON:-python3}" "$here/ratios.py" "$scratch/callgate.json" "$scratch/llguidance.json"
