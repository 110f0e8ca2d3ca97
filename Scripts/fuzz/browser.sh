#!/bin/sh
# Opens exported pages of random hostile sessions in a headless browser that sends every request, whatever its host, to a
# server of ours: nothing is fetched, nothing is navigated to, and what the browser made of the page holds no element
# beyond ours.
#
#     Scripts/fuzz/browser.sh [PAGES]      # 40 by default; eight hostile texts a page
set -eu
cd "$(dirname "$0")/../.."
browser=${BROWSER:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[ -n "$browser" ] || { echo "no Chromium is here (apt-get install chromium); nothing was opened" >&2; exit 77; }
peers=${CALLGATE_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/callgate-peers}/markup
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/python" -c 'import html5lib' 2>/dev/null || "$peers/bin/pip" install --quiet html5lib==1.1
pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
CALLGATE_MARKUP_PAGES=${1:-40} CALLGATE_MARKUP_FOLDER=$pages \
    swift test ${SKIP_BUILD:+--skip-build} --filter pagesForAnotherReader 2>&1 | grep -E '✘|error:' || true
"$peers/bin/python" Scripts/fuzz/browse.py "$browser" "$pages"
