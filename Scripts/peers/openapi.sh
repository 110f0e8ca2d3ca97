#!/bin/sh
# Runs a workflow whose tools are an OpenAPI document's operations, against a small service on this machine, headless.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
command -v python3 >/dev/null || { echo "skipped: there is no python3" >&2; exit 0; }
callgate=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$callgate" ] || { echo "$callgate is missing; build it first: swift build" >&2; exit 1; }
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
python3 "$root/Scripts/peers/openapi_service.py" "$port" &
service=$!
trap 'kill "$service" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
for _ in $(seq 100); do
    python3 -c "import urllib.request as u; u.urlretrieve('http://127.0.0.1:$port/openapi.json', 'notes.json')" 2>/dev/null && break
    sleep 0.1
done
cat >notes.yaml <<END
model: {scripted: script.json}
tools: [{openapi: notes.json, headers: {Authorization: "Bearer \${NOTES_KEY}"}}]
policy: {default: allow}
prompt: write two notes, read one, and find the other
END
cat >script.json <<'END'
[{"calls": [
   {"id": "1", "name": "putNote", "arguments": {"name": "a/b?c", "body": {"title": "blue \"é\"", "stars": null}}},
   {"id": "2", "name": "putNote", "arguments": {"name": "..%2F", "body": {"title": "red"}}}]},
 {"calls": [
   {"id": "3", "name": "getNote", "arguments": {"name": "a/b?c"}},
   {"id": "4", "name": "findNotes", "arguments": {"word": "red"}},
   {"id": "5", "name": "getNote", "arguments": {"name": ".."}},
   {"id": "6", "name": "putNote", "arguments": {"name": "x", "body": {"stars": 1}}}]},
 {"content": "done"}]
END
export NOTES_KEY=notes-key-123
"$callgate" tools list notes.yaml
"$callgate" run notes.yaml --headless --approve policy --record x.jsonl
failures=0
expect() {
    if grep -qF -- "$2" x.jsonl; then echo "ok    $1"; else echo "FAIL  $1: no '$2'"; failures=1; fi
}
expect "a name with / and ? stays one segment" '{\"title\": \"blue \\\"é\\\"\", \"stars\": null}'
expect "a search" '[\"..%2F\"]'
expect "a segment that leads elsewhere is refused" "makes the path lead elsewhere"
expect "a body is held against its schema" "do not match the schema"
NOTES_KEY=another-key-456 "$callgate" tools call findNotes --workflow notes.yaml --approve policy >y.txt 2>&1 || true
if grep -q "HTTP 401" y.txt; then echo "ok    the key comes from the environment"; else echo "FAIL  the key: $(cat y.txt)"; failures=1; fi
if grep -rqE "notes-key-123|another-key-456" .; then echo "FAIL  a key was written"; failures=1; else echo "ok    no key was written"; fi
exit $failures
