#!/bin/sh
# Runs one workflow against a real llama-server that serves the embedded model's own weights: natively (whose greedy
# run must be the in-process one, token by token), as OpenAI's format and as Anthropic's (whose calls and words must be
# the same).
#
#   Scripts/peers/check-llama-server.sh [CALLGATE]     the program; .build/debug/callgate by default
set -eu
root="$(cd "$(dirname "$0")/../.." && pwd)"
callgate="$(realpath "${1:-$root/.build/debug/callgate}")"
server="$("$root/Scripts/peers/llama-server.sh")" || exit $?
folder="$(mktemp -d)"
weights="$root/Sources/callgate/Resources/support-desk.gguf"
port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
"$server" -m "$weights" --host 127.0.0.1 --port "$port" -c 4096 -t 1 -np 1 >"$folder/server.log" 2>&1 &
process=$!
trap 'kill $process 2>/dev/null; wait $process 2>/dev/null || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
    if python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/health')" 2>/dev/null; then break; fi
    kill -0 $process 2>/dev/null || { tail -20 "$folder/server.log" >&2; echo "the server ended" >&2; exit 1; }
    sleep 0.2
done
cd "$folder"
workflow() {
    printf 'name: %s\nmodel: %s\nsystem: You are the support desk assistant.\ntools: [{builtin: support-desk, database: %s.sqlite}]\nprompt: look up T-1042\nlimits: {rounds: 4, response-tokens: 200}\n' \
        "$1" "$2" "$1" >"$1.yaml"
}
workflow embedded '{embedded: builtin}'
workflow native "{llama-server: {url: 'http://127.0.0.1:$port', candidates: 40}}"
workflow native-file "{llama-server: {url: 'http://127.0.0.1:$port', vocabulary: '$weights'}}"
# This server gives no log-probabilities beside tools in a stream.
workflow openai "{openai: {url: 'http://127.0.0.1:$port/v1', model: desk}}"
workflow anthropic "{anthropic: {url: 'http://127.0.0.1:$port', model: desk}}"
failed=0
for name in embedded native native-file openai anthropic; do
    echo "== $name"
    code=0
    "$callgate" run $name.yaml --headless --approve all --record $name.jsonl || code=$?
    echo "-- exit $code"
    [ $code -eq 0 ] || failed=1
done
python3 - <<'PYTHON' || failed=1
import json, sys
def events(name, kind):
    return [event for event in map(json.loads, open(name + ".jsonl")) if event["kind"] == kind]
def tokens(name):
    return [(event["round"], event["token"]) for event in events(name, "token")]
def said(name):
    return [
        (event["content"], [(call["name"], call["arguments"]) for call in event["calls"]])
        for event in events(name, "response")
    ]
failed = False
own = tokens("embedded")
for name in "native", "native-file":
    other = tokens(name)
    print(f"{name}: {len(other)} tokens, in process {len(own)}, {'the same' if other == own else 'DIFFERENT'}")
    failed = failed or other != own or not own
for name in "native", "native-file", "openai", "anthropic":
    is_same = said(name) == said("embedded")
    print(f"{name}: {len(said(name))} responses, {'the same' if is_same else 'DIFFERENT'}: {said(name)}")
    failed = failed or not is_same or not said(name)
sys.exit(1 if failed else 0)
PYTHON
exit $failed
