#!/bin/sh
# Plays the debugger in tmux against the Python SDK's own MCP server, of both eras and over both transports: its
# questions are answered on the screen, its standard error is read there, and it is started again where it died.
# Exit code 77, with the reason on standard error, where it cannot be done here.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
command -v tmux >/dev/null || { echo "skipped: there is no tmux" >&2; exit 77; }
peers=$("$root/Scripts/peers/mcp-setup.sh") || exit $?
callgate=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$callgate" ] || { echo "$callgate is missing; build it first: swift build" >&2; exit 1; }
folder=$(mktemp -d)
export LC_ALL=C.UTF-8
screen="tmux -u -L callgate-asks-$$"
servers=""
# A server of the SDK waits on SIGTERM for connections to end, and what waits for this script waits for its children.
trap '$screen kill-server 2>/dev/null || true; for pid in $servers; do kill -KILL "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
trap 'exit 143' HUP INT TERM
cd "$folder"
modern=$peers/modern/bin legacy=$peers/legacy/bin peer=$root/Scripts/peers/mcp_peer.py

shows() { $screen capture-pane -p 2>/dev/null | grep -qF -- "$1"; }
# await TEXT: until the screen shows it.
await() {
    for _ in $(seq 300); do
        shows "$1" && return
        sleep 0.1
    done
    $screen capture-pane -p >&2
    echo "FAIL  $way: the screen never showed: $1" >&2
    exit 1
}
# await_gone TEXT: until the screen shows it no longer.
await_gone() {
    for _ in $(seq 300); do
        shows "$1" || return 0
        sleep 0.1
    done
    echo "FAIL  $way: the screen still shows: $1" >&2
    exit 1
}
# press KEY TEXT: presses it, again where it came too early to count, until the screen shows the text.
press() {
    for _ in $(seq 40); do
        $screen send-keys "$1"
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            shows "$2" && return
            sleep 0.1
        done
        shows "ignored:" || break
    done
    await "$2"
}
command_line() {
    $screen send-keys :
    await_bottom ":"
    $screen send-keys -l "$1"
    $screen send-keys Enter
}
await_bottom() {
    for _ in $(seq 100); do
        $screen capture-pane -p | tail -n 1 | grep -q "^$1" && return
        sleep 0.1
    done
}
serve() {
    "$1/python" "$peer" http "$2" >"server-$2.log" 2>&1 &
    servers="$servers $!"
    for _ in $(seq 100); do
        "$1/python" -c "import socket; socket.create_connection(('127.0.0.1', $2), 1)" 2>/dev/null && return
        sleep 0.1
    done
    echo "the server on port $2 never came up:" >&2
    cat "server-$2.log" >&2
    exit 1
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
new=$(free_port)
serve "$modern" "$new"
old=$(free_port)
serve "$legacy" "$old"
cat >script.json <<'END'
[{"calls": [{"id": "yes", "name": "delete", "arguments": {"item": "x"}}]},
 {"calls": [{"id": "no", "name": "delete", "arguments": {"item": "y"}}]},
 {"calls": [{"id": "die", "name": "die", "arguments": {}}]},
 {"calls": [{"id": "sum", "name": "add", "arguments": {"a": 20, "b": 22}}]},
 {"content": "all done"}]
END
for way in stdio-modern stdio-legacy http-modern http-legacy; do
    case $way in
    stdio-modern) server="{\"command\": \"$modern/python\", \"args\": [\"$peer\", \"stdio\"]}" ;;
    stdio-legacy) server="{\"command\": \"$legacy/python\", \"args\": [\"$peer\", \"stdio\"]}" ;;
    http-modern) server="{\"url\": \"http://127.0.0.1:$new/mcp\"}" ;;
    http-legacy) server="{\"url\": \"http://127.0.0.1:$old/mcp\"}" ;;
    esac
    echo "{\"mcpServers\": {\"peer\": $server}}" >"$way.json"
    cat >"$way.yaml" <<END
model: {scripted: script.json}
tools: [{mcp: $way.json}]
policy: {default: allow, ask: [{tool: add}]}
limits: {tool-seconds: 1}
prompt: delete two things, die, and add
END
    $screen -f /dev/null new-session -d -x 120 -y 40 "'$callgate' run '$way.yaml' --record '$way.jsonl' 2>'$way.err'"
    await "before the request of round 1"
    $screen send-keys c
    await "a question of server peer"
    await "Really delete x?"
    # Longer than a call may take: its clock stands still while the person thinks.
    sleep 1.5
    shows "Really delete x?" || { echo "FAIL  $way: the question went away" >&2; exit 1; }
    press C-s "it is required"
    press Right "(•) yes"
    press C-s "Really delete y?"
    echo "ok    $way: a form is refused while it lacks something, and sent when it is whole"
    press C-x "waiting for you"
    case $way in
    stdio-*)
        await "server peer is gone; O or :restart peer starts it again"
        press L "logs of all servers"
        await "the peer falls over"
        await "✗ ended (exit code 7)"
        $screen send-keys Escape
        await_gone "logs of all servers"
        press O "has started again"
        echo "ok    $way: the dead server's last words are in its log, and it is started again"
        press a "ended, answered"
        press 4 "▸4 results"
        press z "total"
        echo "ok    $way: the next call is answered"
        ;;
    http-*) press a "ended, answered" ;;
    esac
    command_line "quit"
    for _ in $(seq 100); do [ "$($screen list-sessions 2>/dev/null | wc -l)" -eq 0 ] && break; sleep 0.1; done
    for text in "deleted x" "declin" "whether the call took effect is unknown"; do
        grep -qF -- "$text" "$way.jsonl" || { echo "FAIL  $way: no '$text' in its journal" >&2; exit 1; }
        echo "ok    $way: $text"
    done
    [ "$(grep -c '"kind":"started".*"id":"die"' "$way.jsonl")" -eq 1 ] ||
        { echo "FAIL  $way: the call that killed the server ran more than once" >&2; exit 1; }
done
