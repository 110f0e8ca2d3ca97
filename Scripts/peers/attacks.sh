#!/bin/sh
# Tries every known way through the gate on the real program: shells, forged journals, hostile servers and texts, full
# outputs, huge answers, hasty keys. One line each; 1 where one got through.
#
#     Scripts/peers/attacks.sh [NAME…]        # T17 alone: Scripts/peers/attacks.sh T17
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
callgate=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$callgate" ] || { echo "$callgate is missing; build it first: swift build" >&2; exit 1; }
exec python3 "$root/Scripts/peers/attacks.py" "$callgate" "$@"
