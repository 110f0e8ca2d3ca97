#!/bin/bash
# What callgate attach adds to streams, beside mitmproxy in reverse mode; see docs/attach.md for the figures.
#
#   Scripts/bench/attach.sh [STREAMS]      such as 1,20,100,1000
#
# Needs python3 with venv; mitmproxy is installed into CALLGATE_PEERS (~/.cache/callgate-peers by default). Where there is socat,
# a relay that looks at nothing stands beside them: the least that any process between two others adds.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}
streams=${1:-1,20,100,1000}
if [ ! -x "$peers/mitmproxy/bin/mitmdump" ]; then
    python3 -m venv "$peers/mitmproxy"
    "$peers/mitmproxy/bin/pip" install --quiet mitmproxy
fi
swift build -c release --product callgate
swift build -c release --product callgate-bench
build=$(swift build -c release --show-bin-path)
folder=$(mktemp -d)
relay=
trap 'kill $callgate $mitm $relay 2>/dev/null || true; rm -rf "$folder"' EXIT
ulimit -n 65536 2>/dev/null || true
"$build/callgate" attach --headless --approve none --listen 127.0.0.1:8798 --upstream http://127.0.0.1:8799 \
    --record "$folder/sessions" >"$folder/callgate.log" 2>&1 &
callgate=$!
"$peers/mitmproxy/bin/mitmdump" --quiet --mode reverse:http://127.0.0.1:8799 --listen-port 8797 \
    --set stream_large_bodies=1 >"$folder/mitm.log" 2>&1 &
mitm=$!
through=(--through callgate=http://127.0.0.1:8798 --through mitmproxy=http://127.0.0.1:8797)
if command -v socat >/dev/null; then
    socat TCP-LISTEN:8796,bind=127.0.0.1,fork,reuseaddr,backlog=1024,nodelay TCP:127.0.0.1:8799,nodelay &
    relay=$!
    through+=(--through relay=http://127.0.0.1:8796)
fi
sleep 4
"$build/callgate-bench" attach --port 8799 --streams "$streams" "${through[@]}"
for name in callgate mitm; do
    echo "memory of $name: $(awk '/VmHWM/ {print $2 / 1024}' "/proc/${!name}/status") MiB at most"
done
