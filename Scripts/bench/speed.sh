#!/bin/sh
# Reads a prompt and decodes after it, in process and in llama.cpp's server on the same file, in turn, with two threads
# each, and prints both rates and their ratio for prompt and decoding.
#
#   Scripts/bench/speed.sh [FILE.gguf …]       the embedded model and random models of F16, Q8_0 and Q4_K by default
#   CALLGATE_BENCH=PROGRAM                     callgate-bench; a release build of it by default
#   PYTHON=PROGRAM                             a Python that has gguf and numpy; a virtual environment by default
#   CALLGATE_SPEED_TURNS=N                     how often each is measured, 3 by default; the best counts
#   CALLGATE_SPEED=processor                   count processor time of one thread, on a machine that others keep busy
#
# The server is built as Scripts/peers/llama-server.sh says (exit code 77 where it cannot be). Nothing else should run.
set -eu
root="$(cd "$(dirname "$0")/../.." && pwd)"
server="$("$root/Scripts/peers/llama-server.sh")" || exit $?
models="${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}/random-models"
if [ $# -eq 0 ]; then
    mkdir -p "$models"
    for format in F16 Q8_0 Q4_K; do
        [ -f "$models/$format.gguf" ] && continue
        if [ -z "${PYTHON:-}" ]; then
            PYTHON="$root/.build/bench-python/bin/python"
            [ -x "$PYTHON" ] || python3 -m venv "$root/.build/bench-python"
            "$PYTHON" -c 'import gguf' 2>/dev/null || "$PYTHON" -m pip install --quiet 'gguf>=0.17' numpy
        fi
        "$PYTHON" "$root/Scripts/bench/random_model.py" $format "$models/$format.part"
        mv "$models/$format.part" "$models/$format.gguf"
    done
    set -- "$root/Sources/callgate/Resources/support-desk.gguf" "$models/F16.gguf" "$models/Q8_0.gguf" "$models/Q4_K.gguf"
fi
if [ -z "${CALLGATE_BENCH:-}" ]; then
    swift build --package-path "$root" -c release --product callgate-bench >&2
    CALLGATE_BENCH="$root/.build/release/callgate-bench"
fi
python3 "$root/Scripts/bench/speed.py" "$CALLGATE_BENCH" "$server" "${CALLGATE_SPEED_TURNS:-3}" "$@"
