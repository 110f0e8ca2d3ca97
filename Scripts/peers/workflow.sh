#!/bin/sh
# Runs one of Scripts/peers/workflows against its real peers, which are set up from packages.
#
#   Scripts/peers/workflow.sh NAME              without a terminal, and checks what came of it
#   Scripts/peers/workflow.sh NAME --by-hand    in the debugger, in this terminal
#
# NAME is time-and-git, sqlite or notes. Exit code 77, with the reason on standard error, where a peer cannot be had.
# CALLGATE is the program, .build/debug/callgate by default.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
callgate=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$callgate" ] || { echo "$callgate is missing; build it first: swift build" >&2; exit 1; }
name=${1:?which one: time-and-git, sqlite or notes}
by_hand=${2:-}
skip() {
    echo "skipped: $1" >&2
    exit 77
}
command -v python3 >/dev/null || skip "there is no python3"
folder=$(mktemp -d)
service=""
trap '[ -z "$service" ] || kill "$service" 2>/dev/null || true; rm -rf "$folder"' EXIT
trap 'exit 143' HUP INT TERM
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# reachable URL: waits until the service answers there, or has ended.
reachable() {
    for _ in $(seq 300); do
        python3 -c "import urllib.request as u; u.urlopen('$1')" 2>/dev/null && return
        kill -0 "$service" 2>/dev/null || break
        sleep 0.2
    done
    echo "the service never answered at $1" >&2
    cat "$folder/service.log" >&2
    exit 1
}
cd "$folder"
cp "$root/Scripts/peers/workflows/$name".* .

case $name in
time-and-git)
    command -v git >/dev/null || skip "there is no git"
    peers=$("$root/Scripts/peers/mcp-setup.sh") || exit $?
    PATH="$peers/modern/bin:$PATH"
    git init -q repository
    git -C repository -c user.name=p -c user.email=p@example.org commit -q --allow-empty -m "first words"
    ;;
sqlite)
    peers=$("$root/Scripts/peers/mcp-setup.sh") || exit $?
    PATH="$peers/legacy/bin:$PATH"
    # Building it takes long, so that only the one who asks for it does it.
    ls "$peers"/llama-build-*/bin/llama-server >/dev/null 2>&1 ||
        skip "llama-server is not built yet; Scripts/peers/llama-server.sh builds it from its source package"
    server=$("$root/Scripts/peers/llama-server.sh") || exit $?
    python3 -c 'import sqlite3; d = sqlite3.connect("desk.db"); d.execute("CREATE TABLE tickets (id TEXT, title TEXT)"); d.execute("INSERT INTO tickets VALUES (?, ?)", ("T-1042", "Login fails")); d.commit()'
    weights=$folder/desk.gguf
    # llama.cpp wants to see a key that the embedded model does without.
    python3 "$root/Scripts/peers/with_merges.py" "$root/Sources/callgate/Resources/support-desk.gguf" "$weights" ||
        cp "$root/Sources/callgate/Resources/support-desk.gguf" "$weights"
    port=$(free_port)
    "$server" -m "$weights" --host 127.0.0.1 --port "$port" -c 4096 -t 2 -np 1 >service.log 2>&1 &
    service=$!
    reachable "http://127.0.0.1:$port/health"
    sed -i "s/127.0.0.1:8080/127.0.0.1:$port/" sqlite.yaml
    ;;
notes)
    port=$(free_port)
    python3 "$root/Scripts/peers/openapi_service.py" "$port" >service.log 2>&1 &
    service=$!
    reachable "http://127.0.0.1:$port/openapi.json"
    sed -i "s/127.0.0.1:8765/127.0.0.1:$port/" notes.openapi.json
    export NOTES_KEY=notes-key-123
    ;;
*) echo "no workflow is named $name: time-and-git, sqlite or notes" >&2 && exit 1 ;;
esac
export PATH

if [ "$by_hand" = --by-hand ]; then
    status=0
    "$callgate" run "$name.yaml" --record x.jsonl || status=$?
    exit $status
fi
"$callgate" run "$name.yaml" --headless --approve all --record x.jsonl
failures=0
# has TEXT: the journal says it. hasnt TEXT: no file in the folder does.
has() { if grep -qF -- "$1" x.jsonl; then echo "ok    $name: $1"; else echo "FAIL  $name: no '$1' in its journal" && failures=1; fi; }
hasnt() { if grep -rqF -- "$1" .; then echo "FAIL  $name: '$1' was written" && failures=1; else echo "ok    $name: no $2 was written"; fi; }
case $name in
time-and-git)
    has "first words"
    has "13:30"
    has "nothing is thrown away"
    ;;
sqlite)
    has '"name":"list_tables"'
    has "[{'name': 'tickets'}]"
    ;;
notes)
    has '{\"title\": \"blue \\\"é\\\"\", \"stars\": null}'
    has '[\"..%2F\"]'
    has "makes the path lead elsewhere"
    has "do not match the schema"
    hasnt notes-key-123 key
    ;;
esac
"$callgate" replay x.jsonl --print >replayed.txt
exit $failures
