#!/bin/sh
# Three small models that anyone can install, end to end: the lint of the template, a call under `tool_choice: required`,
# and 40 varied prompts over the demo's five tools.
#
#   Scripts/peers/real-model-calls.sh [FILE...]   GGUF files; those of Scripts/peers/real-models.sh by default
#   CALLGATE=PROGRAM  CALLGATE_BENCH=PROGRAM      the programs; .build/release by default
#   PROMPTS=40                                    how many prompts
#
# Exit code 77 where the models cannot be had, 1 where a call is not valid.
set -eu
cd "$(dirname "$0")/../.."
callgate="${CALLGATE:-.build/release/callgate}"
bench="${CALLGATE_BENCH:-.build/release/callgate-bench}"
if [ $# -eq 0 ]; then
    files="$(Scripts/peers/real-models.sh)"
    # shellcheck disable=SC2086 # one path a line, without spaces
    set -- $files
fi
failed=0
for file; do
    echo "== $(basename "$file")"
    "$callgate" models template "$file" --lint || true
    "$callgate" models check "$file" --tool-choice required || failed=1
    "$bench" calls --model "$file" --limit "${PROMPTS:-40}" || failed=1
done
exit $failed
