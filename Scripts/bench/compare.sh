#!/bin/sh
# Runs callgate-bench and llguidance in turn on the same cases and token streams, and prints the ratios.
#   Scripts/bench/compare.sh [FOLDER [VOCAB]] [--limit N]
# PYTHON names a Python that has llguidance; without it a virtual environment with llguidance is made beside the
# build, from PyPI.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$root/../shared/maskbench
vocab=$root/../shared/vocab/tekken-131k.tiktoken
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    folder=$1
    shift
fi
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    vocab=$1
    shift
fi
if [ -z "${PYTHON:-}" ]; then
    PYTHON=$root/.build/bench-python/bin/python
    if ! "$PYTHON" -c 'import llguidance' 2>/dev/null; then
        python3 -m venv "$root/.build/bench-python"
        "$PYTHON" -m pip install --quiet llguidance==1.9.1
    fi
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
swift build --package-path "$root" -c release --product callgate-bench >&2
"$root/.build/release/callgate-bench" mask "$folder" --vocab "$vocab" --json "$@" > "$scratch/callgate.json"
"$PYTHON" "$here/llguidance.py" "$folder" --vocab "$vocab" --json "$@" > "$scratch/llguidance.json"
"$PYTHON" "$here/ratios.py" "$scratch/callgate.json" "$scratch/llguidance.json"
