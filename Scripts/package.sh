#!/bin/sh
# Makes the packages in DIR: a tarball for every Linux of this architecture with a kernel of 3.2 or newer, whatever its C
# library, a .deb, and a Containerfile that makes an image of the tarball.
#
#   Scripts/package.sh DIR [PROGRAM]
#
# PROGRAM is a release build that is there already; without it one is made, with Swift's own libraries, ncurses and SQLite
# inside. What is left (the C library and libstdc++) lies in the package beside the program, with the loader that goes with
# it, so that no other version is ever met.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
target=${1:?usage: Scripts/package.sh DIR [PROGRAM]}
mkdir -p "$target"
target=$(CDPATH='' cd -- "$target" && pwd)
version=$(sed -n 's/.*version: "\([0-9.]*\)".*/\1/p' "$root/Sources/callgate/Callgate.swift")
machine=$(uname -m)
name="callgate-$version-linux-$machine"
stage="$target/$name"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The program.
program=${2:-}
if [ -z "$program" ]; then
    "$root/Scripts/setup.sh"
    libraries=$(dirname "$(clang -print-file-name=libncursesw.a)")
    mkdir "$work/static"
    for library in libncursesw.a libtinfo.a libsqlite3.a; do ln -s "$libraries/$library" "$work/static/$library"; done
    swift build --package-path "$root" -c release --product callgate --static-swift-stdlib \
        ${CALLGATE_SCRATCH:+--scratch-path "$CALLGATE_SCRATCH"} \
        -Xlinker "-L$work/static" -Xlinker -ltinfo -Xlinker --gc-sections >&2
    program=${CALLGATE_SCRATCH:-$root/.build}/release/callgate
fi

# The tree that is installed.
rm -rf "$stage"
inside="$stage/lib/callgate"
mkdir -p "$stage/bin" "$inside" "$stage/share/callgate" "$stage/share/man/man1" "$stage/share/doc/callgate" \
    "$stage/share/bash-completion/completions" "$stage/share/zsh/site-functions" \
    "$stage/share/fish/vendor_completions.d"
strip -o "$inside/callgate" "$program"
ldd "$program" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' | sort -u |
    while read -r library; do cp -L "$library" "$inside/"; done
loader=$(cd "$inside" && ls ld-linux-*.so.* | head -n 1)
cp "$root"/Sources/callgate/Resources/support-desk.gguf "$root"/Sources/callgate/Resources/support-desk.yaml \
    "$stage/share/callgate/"
cp "$root/LICENSE" "$root/README.md" "$root/CHANGELOG.md" "$stage/share/doc/callgate/"
cat >"$stage/bin/callgate" <<SCRIPT
#!/bin/sh
# Starts callgate with the libraries that it was built with.
self=\$0
while [ -L "\$self" ]; do
    link=\$(readlink "\$self")
    case \$link in /*) self=\$link ;; *) self=\$(dirname "\$self")/\$link ;; esac
done
prefix=\$(CDPATH='' cd -- "\$(dirname -- "\$self")/.." && pwd)
# ncurses looks for terminals where Debian has them; other systems have them elsewhere.
if [ -z "\${TERMINFO_DIRS:-}" ]; then
    TERMINFO_DIRS=/etc/terminfo:/lib/terminfo:/usr/share/terminfo:/usr/lib/terminfo
    TERMINFO_DIRS=\$TERMINFO_DIRS:/run/current-system/sw/share/terminfo:\${HOME:-/}/.nix-profile/share/terminfo
    export TERMINFO_DIRS
fi
CALLGATE_PROGRAM=\$prefix/bin/callgate
export CALLGATE_PROGRAM
exec "\$prefix/lib/callgate/$loader" --library-path "\$prefix/lib/callgate" "\$prefix/lib/callgate/callgate" "\$@"
SCRIPT
chmod 755 "$stage/bin/callgate"

# Completions and the manual, from the program itself.
"$stage/bin/callgate" --generate-completion-script bash >"$stage/share/bash-completion/completions/callgate"
"$stage/bin/callgate" --generate-completion-script zsh >"$stage/share/zsh/site-functions/_callgate"
"$stage/bin/callgate" --generate-completion-script fish >"$stage/share/fish/vendor_completions.d/callgate.fish"
manual() { # NAME TITLE, the help on standard input
    printf '.TH "%s" 1 "" "callgate %s"\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n.nf\n' "$1" "$version" "$1" "$2"
    sed 's/\\/\\e/g; s/^\./\\\&./; s/-/\\-/g'
    printf '.fi\n'
}
"$stage/bin/callgate" --help | manual callgate "step through an agent that calls tools" >"$stage/share/man/man1/callgate.1"
"$stage/bin/callgate" --help | sed -n '/^SUBCOMMANDS/,$p' | sed -n 's/^  \([a-z][a-z-]*\)  *[A-Z].*/\1/p' |
    while read -r command; do
        about=$("$stage/bin/callgate" help "$command" | sed -n 's/^OVERVIEW: //p' | head -n 1)
        "$stage/bin/callgate" help "$command" | manual "callgate-$command" "$about" \
            >"$stage/share/man/man1/callgate-$command.1"
    done
gzip -9 -n "$stage"/share/man/man1/*.1

# What installs the tree somewhere else, and takes it away again.
(cd "$stage" && find bin lib share ! -type d | sort) >"$work/files"
cat >"$stage/install.sh" <<'SCRIPT'
#!/bin/sh
# install.sh PREFIX copies callgate under PREFIX; install.sh --remove PREFIX takes exactly its files away.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ "${1:-}" = --remove ]; then
    prefix=${2:?usage: install.sh --remove PREFIX}
    while read -r file; do
        rm -f "$prefix/$file"
    done <"$here/files"
    # Folders of its own go; those that others use stay, empty or not.
    rmdir "$prefix/lib/callgate" "$prefix/share/callgate" "$prefix/share/doc/callgate" 2>/dev/null || true
    exit 0
fi
prefix=${1:?usage: install.sh PREFIX, for example ~/.local}
while read -r file; do
    mkdir -p "$prefix/$(dirname "$file")"
    cp "$here/$file" "$prefix/$file"
done <"$here/files"
echo "installed under $prefix; start it with: $prefix/bin/callgate"
SCRIPT
chmod 755 "$stage/install.sh"
cp "$work/files" "$stage/files"
tar -C "$target" -czf "$target/$name.tar.gz" --owner=0 --group=0 "$name"

# The .deb: the same tree under /usr, by hand, since it needs no tool but ar and tar.
case $machine in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) architecture=$machine ;; esac
mkdir -p "$work/deb/usr" "$work/control"
cp -R "$stage/bin" "$stage/lib" "$stage/share" "$work/deb/usr/"
size=$(du -sk "$work/deb" | cut -f 1)
cat >"$work/control/control" <<CONTROL
Package: callgate
Version: $version
Architecture: $architecture
Maintainer: Callgate authors <callgate@invalid>
Installed-Size: $size
Section: devel
Priority: optional
Description: step-through debugger for LLM agents that call tools
 Holds each call of an agent until a person decides, shows each token and the
 mask that ruled it, and replays every run from its journal.
CONTROL
(cd "$work/deb" && find usr -type f -exec md5sum {} +) >"$work/control/md5sums"
tar -C "$work/control" -czf "$work/control.tar.gz" --owner=0 --group=0 ./control ./md5sums
tar -C "$work/deb" -czf "$work/data.tar.gz" --owner=0 --group=0 ./usr
printf '2.0\n' >"$work/debian-binary"
rm -f "$target/callgate_${version}_$architecture.deb"
(cd "$work" && ar rc "$target/callgate_${version}_$architecture.deb" debian-binary control.tar.gz data.tar.gz)

cat >"$target/Containerfile" <<CONTAINER
# podman build -t callgate . or docker build -f Containerfile -t callgate . in the folder of the tarball
FROM debian:stable-slim
ADD $name.tar.gz /opt/
RUN /opt/$name/install.sh /usr/local && rm -r /opt/$name
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/callgate"]
CONTAINER

echo "$target/$name.tar.gz: $(du -k "$target/$name.tar.gz" | cut -f 1) KiB; installed $size KiB"
echo "the program: $(du -k "$inside/callgate" | cut -f 1) KiB; libraries beside it: $(ls "$inside" | grep -c '\.so')"
ls "$inside" | grep '\.so' | sed 's/^/  /'
