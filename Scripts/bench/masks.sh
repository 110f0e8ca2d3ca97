#!/bin/bash
# Runs Callgate, llguidance, XGrammar and GLRMask in turn on the same MaskBench cases and token streams, and prints one
# table with ratios; docs/compare.md has one such run.
#
#   Scripts/bench/masks.sh [FOLDER [VOCAB]] [--every N] [--limit N] [--seconds S] [--only NAME,…]
#
# --every takes every Nth case, --limit so many, --seconds is what one case may take (60) before it counts as refused.
# Needs python3 with venv; the peers are installed from PyPI into CALLGATE_PEERS (~/.cache/callgate-peers by default).
# CALLGATE_BENCH names a callgate-bench that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$root/../shared/maskbench
vocab=$root/../shared/vocab/tekken-131k.tiktoken
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then folder=$1; shift; fi
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then vocab=$1; shift; fi
peers=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}/masks
if ! "$peers/bin/python" -c 'import llguidance, glrmask, tvm_ffi' 2>/dev/null; then
    python3 -m venv "$peers"
    "$peers/bin/pip" install --quiet llguidance==1.9.1 glrmask==0.5.0 numpy pydantic apache-tvm-ffi
    # Without its dependencies: torch and transformers weigh gigabytes, and a mask in memory needs neither.
    "$peers/bin/pip" install --quiet --no-deps xgrammar==0.2.9
fi
bench=${CALLGATE_BENCH:-}
if [ -z "$bench" ]; then
    swift build --package-path "$root" -c release --product callgate-bench >&2
    bench=$(swift build --package-path "$root" -c release --show-bin-path)/callgate-bench
fi
exec "$peers/bin/python" "$here/masks.py" "$folder" --vocab "$vocab" --bench "$bench" "$@"
