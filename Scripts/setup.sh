#!/bin/sh
# Installs the two system libraries that the build needs, and tmux, in which the tests run the program as a person
# would, where they are missing. Needs root or sudo only then.
set -eu
missing=""
for header in curses.h sqlite3.h; do
    printf '#include <%s>\n' "$header" | clang -E - >/dev/null 2>&1 || missing="$missing $header"
done
command -v tmux >/dev/null || missing="$missing tmux"
[ -z "$missing" ] && exit 0
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
$sudo apt-get update -q >&2
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q libncursesw5-dev libsqlite3-dev tmux >&2
