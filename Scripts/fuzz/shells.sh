#!/bin/sh
# Holds the reading of command lines against real shells: LINES made-up lines for each of dash and bash.
#
#     Scripts/fuzz/shells.sh [LINES [SEED]]
set -eu
cd "$(dirname "$0")/../.."
CALLGATE_SHELL_LINES=${1:-200000} CALLGATE_SEED=${2:-$(date +%s)} \
    swift test ${SKIP_BUILD:+--skip-build} --filter ShellFuzzTests 2>&1 | grep -E '^(dash|bash|    )|✘|✔|passed|failed'
