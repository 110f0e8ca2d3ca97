#!/bin/sh
# Builds llama.cpp's server from the source package of llama-cpp-python (which carries llama.cpp) and prints the
# program's path. What is built stays in a cache outside the repository, so that a second run costs nothing.
#
#   Scripts/peers/llama-server.sh              build where needed, print the path
#   CALLGATE_PEERS=DIR                         where the cache lies; ~/.cache/callgate-peers by default
#   CALLGATE_PEER_CMAKE="-D…"                  more for cmake, such as a build type that compiles sooner
#   CALLGATE_PEER_JOBS=N                       how many compilers run at the same time; 2 by default
#
# Exit code 77, with the reason on standard error, where it cannot be built here.
set -eu
version=0.3.36
cache="${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}"
server="$cache/llama-build-$version/bin/llama-server"
if [ -x "$server" ]; then
    echo "$server"
    exit 0
fi
skip() {
    echo "skipped: $1" >&2
    exit 77
}
for program in python3 tar cc c++; do
    command -v "$program" >/dev/null 2>&1 || skip "llama-server needs $program to be built"
done
mkdir -p "$cache"
if [ ! -x "$cache/python/bin/cmake" ]; then
    python3 -m venv "$cache/python" >&2 || skip "python3 cannot make a virtual environment"
    "$cache/python/bin/pip" install -q cmake ninja >&2 || skip "cmake and ninja cannot be installed by pip"
fi
PATH="$cache/python/bin:$PATH"
source="$cache/llama_cpp_python-$version/vendor/llama.cpp"
if [ ! -f "$source/CMakeLists.txt" ]; then
    pip download -q --no-deps --no-binary llama-cpp-python "llama-cpp-python==$version" -d "$cache" >&2 ||
        skip "the source package of llama-cpp-python $version cannot be had"
    tar -xzf "$cache/llama_cpp_python-$version.tar.gz" -C "$cache"
fi
# shellcheck disable=SC2086 # several words are meant
cmake -S "$source" -B "$cache/llama-build-$version" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
    -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF \
    -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF -DGGML_OPENMP=OFF ${CALLGATE_PEER_CMAKE:-} >&2 || skip "cmake refused the source"
nice cmake --build "$cache/llama-build-$version" --target llama-server -j "${CALLGATE_PEER_JOBS:-2}" >&2 ||
    skip "the build failed; see above"
[ -x "$server" ] || skip "the build left no llama-server"
echo "$server"
