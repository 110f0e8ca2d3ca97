#!/bin/sh
# What somebody new does with the README alone: writes its workflow into an empty folder, runs it, and has a call of it held.
# The workflow is taken from the README, so that it is what people read.
#
#   Scripts/new-user.sh [CALLGATE]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
callgate=${1:-$root/.build/release/callgate}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
start=$(date +%s)
sed -n '/^```yaml/,/^```$/p' "$root/README.md" | sed -n '2,/^```$/p' | sed '$d' >my-desk.yaml
echo "T-1042 the printer jams" >tickets.txt
# To the first call that waits, and no further: nothing runs.
printf 'await:before the request\nc\nawait:waiting for you\n' >keys.txt
"$callgate" run my-desk.yaml --keys keys.txt --screen 100x30 --record held.jsonl
"$callgate" grep '~tool get_ticket' held.jsonl >/dev/null
if "$callgate" grep '~res printer' held.jsonl; then
    echo "the tool ran before anybody decided" >&2
    exit 1
fi
echo "held: get_ticket, after $(($(date +%s) - start)) s"
