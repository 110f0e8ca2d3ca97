#!/bin/sh
# Kills runs with kill -9 at random moments (500 times, or as often as the argument says), takes each session up again,
# and prints what was lost, doubled or in doubt. CALLGATE_SEED repeats the moments of an earlier run.
set -eu
cd "$(dirname -- "$0")/../.."
CALLGATE_KILLS=${1:-500} exec swift test --filter KillTests
