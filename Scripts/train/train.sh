#!/bin/sh
# Trains the support-desk model from nothing and writes the weights and the held-out prompts that are checked in.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=${1:-"$here/build"}
mkdir -p "$build"
[ -x "$build/venv/bin/python" ] || { python3 -m venv "$build/venv" && "$build/venv/bin/pip" install -q -r "$here/requirements.txt"; }
cd "$here"
"$build/venv/bin/python" train.py --out "$build" --resume
"$build/venv/bin/python" export.py --from "$build" ../../Sources/callgate/Resources/support-desk.gguf
"$build/venv/bin/python" held_out.py ../../Sources/callgate-bench/Resources/held-out.jsonl
