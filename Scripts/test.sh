#!/bin/sh
# Sets up what is missing, checks the formatting and runs every test; prints the counts, and last what failed.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
"$root/Scripts/setup.sh"
cd "$root"
swift format lint --strict --recursive Sources Tests Package.swift
export SWIFT_BACKTRACE=interactive=no
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
{ swift test "$@" 2>&1 || echo $? >"$results/status"; } | tee "$results/output"
if [ -e "$results/status" ]; then
    grep -E '✘|recorded an issue|: error:' "$results/output" || tail -n 40 "$results/output"
    exit "$(cat "$results/status")"
fi
