#!/bin/sh
# Sets up what is missing, checks the formatting and runs every test; prints the counts, and last what failed.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
"$root/Scripts/setup.sh" --tests
cd "$root"
swift format lint --strict --recursive Sources Tests Package.swift
# A backtrace of a program of this size takes longer than the tests do; what failed is said without it.
export SWIFT_BACKTRACE=enable=no
swift build --build-tests
# All tests at once would queue every wait of one after the work of all others, so that servers seem silent for minutes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH="${SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH:-6}"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
# Twice and more what they need on two busy cores: tests that never end are said to have failed, with what was printed.
{ timeout 45m swift test --skip-build "$@" 2>&1 || echo $? >"$results/status"; } | tee "$results/output"
if [ -e "$results/status" ]; then
    grep -E '✘|recorded an issue|: error:' "$results/output" || tail -n 40 "$results/output"
    [ "$(cat "$results/status")" != 124 ] || echo "the tests did not end within 45 minutes"
    exit "$(cat "$results/status")"
fi
