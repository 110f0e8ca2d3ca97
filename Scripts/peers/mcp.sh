#!/bin/sh
# Drives real MCP servers through `callgate tools list` and `tools call`: mcp-server-time and mcp-server-git (2026-07-28),
# mcp-server-sqlite with mcp<2 (initialize), and the Python SDK's own server over stdio and Streamable HTTP in both eras.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
peers=$("$root/Scripts/peers/mcp-setup.sh") || { code=$?; [ "$code" -eq 77 ] && exit 0; exit "$code"; }
callgate=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$callgate" ] || { echo "$callgate is missing; build it first: swift build" >&2; exit 1; }
folder=$(mktemp -d)
servers=""
trap 'for pid in $servers; do kill -KILL "$pid" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
cd "$folder"

failures=0
# expect NAME CODE TEXT COMMAND…: the command ends with that code and says that text on either output.
expect() {
    name=$1 code=$2 text=$3
    shift 3
    status=0
    "$@" >out 2>&1 </dev/null || status=$?
    if [ "$status" -eq "$code" ] && grep -qF -- "$text" out; then
        echo "ok    $name"
    else
        echo "FAIL  $name: code $status for $code, and not '$text' in:"
        sed 's/^/      /' out | tail -n 20
        failures=$((failures + 1))
    fi
}
call() { "$callgate" tools call "$2" --args "$3" --workflow "$1" --approve policy; }

git init -q repository
git -C repository -c user.name=p -c user.email=p@example.org commit -q --allow-empty -m "first words"
modern=$peers/modern/bin legacy=$peers/legacy/bin peer=$root/Scripts/peers/mcp_peer.py
cat >mcp.json <<END
{"mcpServers": {
  "time": {"command": "$modern/mcp-server-time", "args": ["--local-timezone", "UTC"]},
  "git": {"command": "$modern/mcp-server-git", "args": ["--repository", "$folder/repository"]},
  "sqlite": {"command": "$legacy/mcp-server-sqlite", "args": ["--db-path", "$folder/x.db"]}
}}
END
cat >published.yaml <<END
tools: [{mcp: mcp.json}]
policy: {default: allow, deny: [{tool: git_reset, reason: nothing is thrown away}]}
END
cat >prefixed.yaml <<END
tools: [{mcp: mcp.json, servers: [time], tools: ["get_*"], prefix: true}]
policy: {default: allow}
END
expect "time and git speak the modern protocol" 0 "server git (MCP 2026-07-28)" "$callgate" tools list published.yaml
expect "sqlite speaks the legacy protocol" 0 "server sqlite (MCP 2025-11-25)" "$callgate" tools list published.yaml
expect "only the tools that are asked for, under their server's name" 0 "time_get_current_time(timezone)" \
    "$callgate" tools list prefixed.yaml
expect "a prefixed call" 0 '"timezone": "UTC"' call prefixed.yaml time_get_current_time '{"timezone": "UTC"}'
expect "a call of time" 0 "13:30" call published.yaml convert_time \
    '{"source_timezone": "UTC", "time": "12:30", "target_timezone": "Africa/Lagos"}'
expect "an error of a tool" 1 "Invalid timezone" call published.yaml get_current_time '{"timezone": "No/Where"}'
expect "a call of git" 0 "first words" call published.yaml git_log "{\"repo_path\": \"$folder/repository\"}"
expect "arguments are checked here" 1 "do not match the schema" call published.yaml git_log '{"repo": 1}'
expect "the policy holds" 3 "nothing is thrown away" call published.yaml git_reset "{\"repo_path\": \"$folder/repository\"}"
expect "a table is made" 0 "created" call published.yaml create_table '{"query": "CREATE TABLE t (a TEXT)"}'
expect "a row is written" 0 "1" call published.yaml write_query '{"query": "INSERT INTO t VALUES ('"'é'"')"}'
expect "a row is read" 0 "é" call published.yaml read_query '{"query": "SELECT a FROM t"}'

# A whole run without a terminal: calls of two servers in one round, then of the third.
cat >run.yaml <<END
model: {scripted: run.json}
tools: [{mcp: mcp.json}]
policy: {default: allow}
prompt: what was committed last, and what time is it
END
cat >run.json <<END
[{"calls": [
   {"id": "log", "name": "git_log", "arguments": {"repo_path": "$folder/repository", "max_count": 1}},
   {"id": "now", "name": "convert_time", "arguments": {"source_timezone": "UTC", "time": "12:30", "target_timezone": "Africa/Lagos"}}]},
 {"calls": [{"id": "row", "name": "read_query", "arguments": {"query": "SELECT a FROM t"}}]},
 {"content": "all done"}]
END
expect "a run over three servers" 0 "all done" \
    "$callgate" run run.yaml --headless --approve policy --record run.jsonl
for text in "first words" "13:30" "é"; do expect "its journal has $text" 0 "$text" cat run.jsonl; done
expect "and replays without a server" 0 "first words" "$callgate" replay run.jsonl --print

# The SDK's own server: structured content, progress, questions, cancellation, death; over both transports, both eras.
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
workflow() {
    echo "{\"mcpServers\": {\"$1\": $2}}" >"$1.json"
    cat >"$1.yaml" <<END
tools: [{mcp: $1.json}]
policy: {default: allow}
END
}
workflow stdio-modern "{\"command\": \"$modern/python\", \"args\": [\"$peer\", \"stdio\"]}"
workflow stdio-legacy "{\"command\": \"$legacy/python\", \"args\": [\"$peer\", \"stdio\"]}"
workflow http-modern "{\"url\": \"http://127.0.0.1:$new/mcp\"}"
workflow http-legacy "{\"url\": \"http://127.0.0.1:$old/mcp\"}"
for way in stdio-modern stdio-legacy http-modern http-legacy; do
    version=2025-11-25
    case $way in *-modern) version=2026-07-28 ;; esac
    expect "$way: the era" 0 "server $way (MCP $version)" "$callgate" tools list "$way.yaml"
    expect "$way: structured content" 0 '"total": 5' call "$way.yaml" add '{"a": 2, "b": 3}'
    expect "$way: an error" 1 "no luck" call "$way.yaml" fail '{"words": "no luck"}'
    expect "$way: progress" 0 "progress 2" call "$way.yaml" count '{"to": 3}'
    expect "$way: a question that nobody can answer is declined" 1 "asks \"Really delete x?\": declined" \
        call "$way.yaml" delete '{"item": "x"}'
    cat >"$way-cancel.yaml" <<END
model: {scripted: $way-script.json}
tools: [{mcp: $way.json}]
policy: {default: allow}
limits: {tool-seconds: 2}
prompt: wait and add
END
    cat >"$way-script.json" <<END
[{"calls": [{"id": "w", "name": "wait", "arguments": {"started": "$folder/$way-started", "cancelled": "$folder/$way-cancelled"}}]},
 {"calls": [{"id": "a", "name": "add", "arguments": {"a": 20, "b": 22}}]}, {"content": "done"}]
END
    expect "$way: a call that takes too long is cancelled, and the server goes on" 0 "done" \
        "$callgate" run "$way-cancel.yaml" --headless --approve policy --record "$way.jsonl"
    expect "$way: the server was told" 0 "$way-cancelled" ls
    expect "$way: the next call is answered" 0 'total\": 42' cat "$way.jsonl"
    expect "$way: the server's death" 1 "whether the call took effect is unknown" call "$way.yaml" die '{}'
done
expect "its last words" 1 "the peer falls over" call stdio-modern.yaml die '{}'

if [ -x "$(command -v script)" ]; then
    for way in stdio-modern stdio-legacy; do
        printf 'y\ntrue\n\n' | script -qec "$callgate tools call delete --args '{\"item\": \"x\"}' --workflow $way.yaml" \
            /dev/null >answered 2>&1 || true
        expect "$way: a question that the person answers" 0 "deleted x" cat answered
    done
fi
[ "$failures" -eq 0 ] || { echo "$failures failures" >&2; exit 1; }
