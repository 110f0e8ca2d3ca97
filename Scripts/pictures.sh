#!/bin/sh
# Draws the pictures of the README anew: a screen of a recorded session in dark and light colours, and a recording of all
# of it. The session is one of sessions/, so that the pictures change with the program alone.
#
#   Scripts/pictures.sh [CALLGATE]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
callgate=${1:-$root/.build/release/callgate}
session=$root/sessions/edited-and-denied.jsonl
pictures=$root/docs/pictures
mkdir -p "$pictures"
for ground in dark light; do
    "$callgate" replay "$session" --at 57 --screen 110x34 --svg "$ground" >"$pictures/screen-$ground.svg"
done
"$callgate" export "$root/sessions/failing-tool.jsonl" --format asciinema --size 100x30 --idle 1 \
    --output "$pictures/session.cast" 2>/dev/null
