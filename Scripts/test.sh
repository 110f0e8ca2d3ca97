#!/bin/sh
# Sets up what is missing, checks the formatting and runs every test; prints the counts.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
"$root/Scripts/setup.sh"
cd "$root"
swift format lint --strict --recursive Sources Tests Package.swift
export SWIFT_BACKTRACE=interactive=no
exec swift test "$@"
