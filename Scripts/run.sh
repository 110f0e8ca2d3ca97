#!/bin/sh
# Sets up what is missing, builds with optimisation and starts Callgate with the given arguments.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
"$root/Scripts/setup.sh"
swift build --package-path "$root" -c release --product callgate >&2
exec "$root/.build/release/callgate" "$@"
