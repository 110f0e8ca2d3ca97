#!/bin/sh
# Has a real HTML parser (html5lib) and a Markdown reader (markdown-it, with GitHub's additions) read pages of random hostile
# sessions: no element beyond ours, no attribute that fetches or navigates.
#
#     Scripts/fuzz/markup.sh [PAGES]       # eight hostile texts a page; 1250 by default
set -eu
cd "$(dirname "$0")/../.."
peers=${CALLGATE_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/callgate-peers}/markup
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/python" -c 'import html5lib, markdown_it, linkify_it' 2>/dev/null ||
    "$peers/bin/pip" install --quiet html5lib==1.1 markdown-it-py==3.0.0 linkify-it-py==2.0.3
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
CALLGATE_MARKUP_PAGES=${1:-1250} CALLGATE_MARKUP_FOLDER=$pages \
    swift test ${SKIP_BUILD:+--skip-build} --filter pagesForAnotherReader 2>&1 | grep -E '✘|error:' || true
"$peers/bin/python" Scripts/fuzz/read_markup.py "$pages"
