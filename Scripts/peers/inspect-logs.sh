#!/bin/sh
# Holds `callgate import` against logs that inspect-ai writes: evaluations with its mock model (parallel calls, errors of tools,
# reasoning, an agent that submits, epochs, a limit, a sample that fails), each as .eval and as .json. The messages of every
# sample, as inspect-ai itself reads them from the log, must be those of an imported session.
#   Scripts/peers/inspect-logs.sh
# PYTHON names the interpreter that has inspect-ai; without it, the package comes from PyPI into $CALLGATE_PEERS.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
peers=${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}
CALLGATE=${CALLGATE:-$root/.build/debug/callgate}
[ -x "$CALLGATE" ] || { echo "$CALLGATE is missing; build it first: swift build" >&2; exit 1; }
if [ -z "${PYTHON:-}" ]; then
    PYTHON=$peers/inspect/bin/python
    if [ ! -e "$peers/inspect/complete" ]; then
        python3 -m venv "$peers/inspect" || { echo "skipped: python3 cannot make a virtual environment" >&2; exit 77; }
        "$peers/inspect/bin/pip" install --quiet --disable-pip-version-check inspect-ai openai >&2 ||
            { echo "skipped: pip could not install inspect-ai" >&2; exit 77; }
        touch "$peers/inspect/complete"
    fi
fi
exec "$PYTHON" "$root/Scripts/peers/inspect_logs.py" "$CALLGATE"
