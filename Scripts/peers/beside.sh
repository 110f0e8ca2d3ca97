#!/bin/bash
# Claude Code with the terminal, and the decisions in a second one: runs both in tmux and prints the two screens while a
# call waits, and after it was decided.
#
#   Scripts/peers/beside.sh CALLGATE [FOLDER]     with FOLDER the screens are also written there
#
# Claude Code is had as by coding_agents.py (run that first); the provider is scripted_provider.py, so no key is needed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
callgate=$(realpath "$1")
screens=${2:-}
claude=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}/agents/claude_agent_sdk/_bundled/claude
[ -x "$claude" ] || { echo "skipped: no Claude Code at $claude; run coding_agents.py first" >&2; exit 77; }
command -v tmux >/dev/null || { echo "skipped: no tmux" >&2; exit 77; }
work=$(mktemp -d)
server=callgate-beside-$$
provider=
trap 'tmux -L "$server" kill-server 2>/dev/null || true; [ -z "$provider" ] || kill "$provider" 2>/dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/home" "$work/project"
cat >"$work/turns.json" <<'JSON'
[{"say": "I look at the folder first, and clean up what is old.",
  "ask": [["Bash", {"command": "ls -la", "description": "List the folder"}],
          ["Bash", {"command": "rm -rf old", "description": "Remove what is old"}]]},
 {"say": "The folder is listed; the old files are still there, since I may not remove them."}]
JSON
# What Claude Code asks at its first start has been answered.
cat >"$work/home/.claude.json" <<JSON
{"hasCompletedOnboarding": true, "theme": "dark", "customApiKeyResponses": {"approved": ["sk-ant-made-up-key"]},
 "projects": {"$work/project": {"hasTrustDialogAccepted": true, "hasCompletedProjectOnboarding": true}}}
JSON
python3 "$here/scripted_provider.py" "$work/turns.json" --seen "$work/seen.jsonl" >"$work/port" &
provider=$!
while [ ! -s "$work/port" ]; do sleep 0.1; done
run() { tmux -L "$server" new-session -d -s "$1" -x 110 -y 32 -c "$work/project" env -i TERM=xterm-256color LANG=C.UTF-8 \
    PATH=/usr/bin:/bin HOME="$work/home" IS_SANDBOX=1 ANTHROPIC_API_KEY=sk-ant-made-up-key DISABLE_TELEMETRY=1 \
    DISABLE_AUTOUPDATER=1 CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1 "${@:2}"; }
screen() { tmux -L "$server" capture-pane -p -t "$1"; }
# Waits until a screen shows some words.
until_shows() {
    for _ in $(seq 300); do
        if screen "$1" 2>/dev/null | grep -qF -- "$2"; then return; fi
        sleep 0.2
    done
    echo "the screen of $1 never showed: $2" >&2
    screen "$1" >&2
    exit 1
}
take() {
    echo "── $2"
    screen "$1" | sed "s|$work|~|g"
    if [ -n "$screens" ]; then screen "$1" | sed "s|$work|~|g" >"$screens/$3.txt"; fi
}
run claude "$callgate" attach --beside --listen 127.0.0.1:0 --upstream "http://127.0.0.1:$(cat "$work/port")" \
    --record "$work/sessions" -- "$claude" --allowedTools Bash
until_shows claude "❯"
tmux -L "$server" send-keys -t claude "tidy this folder" 
sleep 1
tmux -L "$server" send-keys -t claude Enter
sleep 5
run desk "$callgate" approve "$work/sessions"
until_shows desk "rm -rf old"
take claude "Claude Code while its two calls wait" beside-1-claude
take desk "callgate approve beside it" beside-2-desk
# The desk takes no decision on what has only just come on its screen.
sleep 3
tmux -L "$server" send-keys -t desk a
until_shows desk "1 call waiting"
sleep 3
tmux -L "$server" send-keys -t desk d
sleep 1
tmux -L "$server" send-keys -t desk "keep it" Enter
until_shows claude "still there"
take claude "Claude Code after the first was approved and the second denied" beside-3-claude
python3 - "$work/seen.jsonl" <<'PYTHON'
import json
import sys

asked = [json.loads(line)["body"] for line in open(sys.argv[1])]
history = [body for body in asked if body.get("tools")][-1]["messages"]
for message in history:
    for block in message["content"] if isinstance(message["content"], list) else []:
        if block["type"] == "tool_use":
            print("its model asked:", block["name"], json.dumps(block["input"]))
        if block["type"] == "tool_result":
            print("its model reads:", json.dumps(block["content"])[:110])
PYTHON
