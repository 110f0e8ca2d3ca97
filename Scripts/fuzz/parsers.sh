#!/bin/sh
# Gives each parser (workflows, journals, transcripts, decisions, schemas, models, event streams, messages of servers) so
# many damaged inputs: no crash, nothing over 10 s, within 2 GB.
#
#     Scripts/fuzz/parsers.sh [COUNT [SEED]]
set -eu
cd "$(dirname "$0")/../.."
swift build --build-tests >/dev/null
ulimit -v 8000000
CALLGATE_FUZZ=${1:-1000000} CALLGATE_SEED=${2:-$(date +%s)} \
    swift test --skip-build --filter ParserFuzz 2>&1 | grep -E 'damaged inputs|✘|Test run|error:'
