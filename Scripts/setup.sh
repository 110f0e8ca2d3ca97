#!/bin/sh
# Installs the two system libraries that the build needs where they are missing; with --tests also tmux, in which the tests
# run the program as a person would, and the descriptions of the terminals that they paint. Needs root or sudo only then.
set -eu
needed=""
for pair in curses.h:libncursesw5-dev sqlite3.h:libsqlite3-dev; do
    printf '#include <%s>\n' "${pair%%:*}" | clang -E - >/dev/null 2>&1 || needed="$needed ${pair#*:}"
done
wanted=""
if [ "${1:-}" = --tests ]; then
    command -v tmux >/dev/null || wanted="$wanted tmux"
    for pair in alacritty:ncurses-term xterm-kitty:kitty-terminfo foot:foot-terminfo; do
        infocmp "${pair%%:*}" >/dev/null 2>&1 || wanted="$wanted ${pair#*:}"
    done
fi
[ -n "$needed$wanted" ] || exit 0
sudo=""
[ "$(id -u)" -eq 0 ] || sudo="sudo"
$sudo apt-get update -q >&2 || [ -z "$needed" ]
for package in $needed; do DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q "$package" >&2; done
# Tests that miss one of these are left out and say so.
for package in $wanted; do
    DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q "$package" >&2 || echo "without $package" >&2
done
