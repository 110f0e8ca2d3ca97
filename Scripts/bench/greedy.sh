#!/bin/sh
# Greedy continuations beside llama.cpp's: 20 prompts, 64 tokens each, on GGUF files. Prints for each file how many tokens
# stand before the first difference, and how far our logits of the two tokens lie apart at the widest first difference:
# llama.cpp rounds activations to eight bits, so that near ties fall either way.
#
#   Scripts/bench/greedy.sh model.gguf…
#   CALLGATE_BENCH=PROGRAM   a callgate-bench that is built already
#
# Exit code 77, with the reason, where llama.cpp's server cannot be built here.
set -eu
root="$(cd "$(dirname "$0")/../.." && pwd)"
llama="$("$root/Scripts/peers/llama-server.sh")" || exit $?
if [ -z "${CALLGATE_BENCH:-}" ]; then
    swift build -c release --package-path "$root" --product callgate-bench >&2
    CALLGATE_BENCH="$(swift build -c release --package-path "$root" --show-bin-path)/callgate-bench"
fi
exec python3 "$root/Scripts/bench/greedy.py" "$CALLGATE_BENCH" "$llama" "$@"
