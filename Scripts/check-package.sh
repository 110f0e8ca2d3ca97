#!/bin/sh
# Tries the packages in DIR in a bare root that debootstrap made, where neither Swift nor this checkout is: installs the
# tarball and the .deb, steps through the demo, replays its session, and takes everything away again. Needs root.
#
#   debootstrap --variant=minbase bullseye ROOT && Scripts/check-package.sh DIR ROOT
set -eu
packages=$(CDPATH='' cd -- "$1" && pwd)
bare=$(CDPATH='' cd -- "$2" && pwd)
[ -n "${CALLGATE_INSIDE:-}" ] || exec env CALLGATE_INSIDE=1 unshare -m --propagation private "$0" "$packages" "$bare"
mount -t proc proc "$bare/proc"
mount --rbind /dev "$bare/dev"
rm -rf "$bare/tmp/try"
mkdir "$bare/tmp/try"
cp "$packages"/callgate-*.tar.gz "$packages"/callgate_*.deb "$bare/tmp/try/"
cat >"$bare/tmp/try/steps.sh" <<'STEPS'
set -eu
cd /tmp/try
echo "C library: $(ldd --version | head -n 1)"
find / -xdev \( -path /proc -o -path /root -o -path /tmp -o -path /var \) -prune -o ! -type d -print | sort >/tmp/before
tar -xzf callgate-*.tar.gz
./callgate-*/install.sh /usr/local
steps() {
    mkdir -p work && cd work
    export CALLGATE_CONFIG=/nowhere XDG_STATE_HOME=/tmp/try/state
    start=$(date +%s%N)
    callgate --version >/dev/null
    echo "start: $((($(date +%s%N) - start) / 1000000)) ms"
    printf 'await:before the request\nc\nawait:waiting for you\nawait:for 1.00 s\na\nawait:ended, answered\n' >keys.txt
    callgate demo --prompt "look up T-1042" --keys keys.txt --screen 100x30 --record demo.jsonl | tail -n 2
    callgate replay demo.jsonl --at 30 --screen 100x30 | head -n 2
    callgate replay demo.jsonl --print | tail -n 1
    callgate config list | head -n 1
    for terminal in xterm screen linux vt100; do
        printf q | TERM=$terminal timeout 20 script -qec "callgate replay demo.jsonl" /dev/null >painted.txt
        echo "TERM=$terminal: $(wc -c <painted.txt) bytes painted"
    done
    test -f /usr/share/man/man1/callgate.1.gz || test -f /usr/local/share/man/man1/callgate.1.gz
    cd .. && rm -rf work state
}
steps
./callgate-*/install.sh --remove /usr/local
dpkg -i callgate_*.deb 2>&1 | tail -n 1
steps
dpkg -r callgate | tail -n 1
find / -xdev \( -path /proc -o -path /root -o -path /tmp -o -path /var \) -prune -o ! -type d -print | sort >/tmp/after
diff /tmp/before /tmp/after && echo "nothing is left"
STEPS
chroot "$bare" sh /tmp/try/steps.sh
