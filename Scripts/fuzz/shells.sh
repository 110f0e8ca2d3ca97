#!/bin/sh
# Holds the reading of command lines against real shells: LINES made-up lines for each of dash, bash and zsh, in JOBS runs side
# by side with the seeds SEED, SEED + 1 and so on, since most of the time is spent waiting for lines that loop.
#
#     Scripts/fuzz/shells.sh [LINES [SEED [JOBS]]]
set -eu
cd "$(dirname "$0")/../.."
lines=${1:-200000}
seed=${2:-$(date +%s)}
jobs=${3:-8}
[ -n "${SKIP_BUILD:-}" ] || swift build --build-tests >/dev/null
tests=$(swift build --show-bin-path)/callgatePackageTests.xctest
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
job=0
while [ "$job" -lt "$jobs" ]; do
    CALLGATE_SHELL_LINES=$(((lines + jobs - 1) / jobs)) CALLGATE_SEED=$((seed + job)) \
        "$tests" --testing-library swift-testing --filter ShellFuzzTests >"$results/$job" 2>&1 &
    job=$((job + 1))
done
wait
failed=0
job=0
while [ "$job" -lt "$jobs" ]; do
    grep -aE '^(dash|bash|zsh|    )' "$results/$job" || { tail -n 3 "$results/$job"; failed=1; }
    grep -aq 'Test run with .* passed' "$results/$job" || failed=1
    job=$((job + 1))
done
exit $failed
