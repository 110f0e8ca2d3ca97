#!/bin/sh
# Records the three sessions under sessions/ anew, in tmux, as a person would; needs tmux and a release build.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
folder=$(mktemp -d)
program="$root/.build/release/callgate"
screen="tmux -L callgate-recording"
trap '$screen kill-server 2>/dev/null || true; rm -rf "$folder"' EXIT

# await TEXT: until the screen shows it; a decision key counts only when its call has been looked at for a moment.
await() {
    for _ in $(seq 100); do
        if $screen capture-pane -p | grep -q "$1"; then sleep 0.7; return; fi
        sleep 0.2
    done
    $screen capture-pane -p
    echo "the screen never showed: $1" >&2
    exit 1
}
keys() { $screen send-keys "$@"; sleep 0.7; }
start() {
    $screen -f /dev/null new-session -d -x 120 -y 40 "cd '$folder' && '$program' run $1 --record '$2'"
    await "before the request of round 1"
}
finish() {
    await "ended, answered"
    $screen send-keys q q
    while [ "$($screen list-sessions 2>/dev/null | wc -l)" -gt 0 ]; do sleep 0.2; done
    cp "$folder/$1" "$root/sessions/$1"
}

mkdir -p "$root/sessions"
(cd "$folder" && "$program" run --headless --approve all --record two-rounds.jsonl)
cp "$folder/two-rounds.jsonl" "$root/sessions/two-rounds.jsonl"

start "--prompt 'look up T-1048 and T-1042'" edited-and-denied.jsonl
keys n
await "waiting for you: 2 calls"
keys d
keys -l "not needed now"
keys Enter
await "1 waiting"
keys e
keys C-End
keys Up End Left BSpace
keys 5
keys C-s
await "review the edit"
keys a
keys c
finish edited-and-denied.jsonl

start "--prompt 'look up T-9999'" failing-tool.jsonl
keys n
await "waiting for you"
keys a
keys c
finish failing-tool.jsonl
