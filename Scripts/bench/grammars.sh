#!/bin/bash
# Holds GBNF and Lark grammars against the texts that the tests of llama.cpp and llguidance accept and reject.
#
#   Scripts/bench/grammars.sh [VOCAB]
#
# LLAMA_CPP and LLGUIDANCE name folders with those programs' sources; by default the first comes out of the source
# distribution of llama-cpp-python (PyPI), the second from GitHub, into CALLGATE_PEERS (~/.cache/callgate-peers).
# CALLGATE_BENCH names a callgate-bench that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
vocab=${1:-$root/../shared/vocab/tekken-131k.tiktoken}
peers=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}
if [ -z "${LLAMA_CPP:-}" ]; then
    LLAMA_CPP=$peers/llama.cpp
    if [ ! -d "$LLAMA_CPP/tests" ]; then
        mkdir -p "$LLAMA_CPP"
        python3 -m pip download --quiet --no-deps --no-binary llama-cpp-python -d "$peers" llama-cpp-python==0.3.36
        tar xzf "$peers"/llama_cpp_python-0.3.36.tar.gz -C "$LLAMA_CPP" --strip-components=3 \
            --wildcards '*/vendor/llama.cpp/grammars/*' '*/vendor/llama.cpp/tests/test-grammar*'
    fi
fi
if [ -z "${LLGUIDANCE:-}" ]; then
    LLGUIDANCE=$peers/llguidance
    [ -d "$LLGUIDANCE" ] || git clone --quiet --depth 1 https://github.com/guidance-ai/llguidance "$LLGUIDANCE"
fi
bench=${CALLGATE_BENCH:-}
if [ -z "$bench" ]; then
    swift build --package-path "$root" -c release --product callgate-bench >&2
    bench=$(swift build --package-path "$root" -c release --show-bin-path)/callgate-bench
fi
trials=$(mktemp)
trap 'rm -f "$trials"' EXIT
python3 "$here/grammar_trials.py" "$LLAMA_CPP" "$LLGUIDANCE" > "$trials"
"$bench" grammars "$trials" --vocab "$vocab"
