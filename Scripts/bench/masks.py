"""Runs mask engines in turn over the same MaskBench cases and prints one table; see masks.sh.

Each engine runs in a process of its own, on one thread, from which one line of JSON a case is read. A case on which that
process is silent for too long counts as refused, and the process is started anew behind it.
"""

import argparse
import json
import math
import os
import select
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PEERS = ["llguidance", "xgrammar", "glrmask"]
NAMES = {"callgate": "Callgate", "llguidance": "llguidance", "xgrammar": "XGrammar", "glrmask": "GLRMask"}


def cases(options):
    files = sorted(path for path in Path(options.folder).iterdir() if path.suffix == ".json")
    return files[:: options.every][: options.limit]


def callgate(options, files):
    """The same cases in a folder of their own through callgate-bench."""
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            os.symlink(path.resolve(), Path(folder) / path.name)
        text = subprocess.run(
            [options.bench, "mask", folder, "--vocab", options.vocab, "--json"],
            check=True, capture_output=True, text=True,
        ).stdout
    figures = json.loads(text)
    return {
        "right": figures["passing"], "refused": figures["refused"],
        "invalid accepted": figures["invalid_accepted"], "valid rejected": figures["valid_rejected"],
        **{name: figures["token_us"][key] for name, key in POINTS},
        "compile": figures["compile_us"]["mean"], "compile max": figures["compile_us"]["p100"],
        "memory": figures["peak_mb"],
    }


POINTS = [("mean", "mean"), ("p50", "p50"), ("p99", "p99"), ("p99.9", "p99.9"), ("max", "p100")]


def percentile(ordered, point):
    return ordered[max(0, math.ceil(point / 100 * len(ordered)) - 1)] / 1000 if ordered else math.nan


def peer(name, options, files):
    results, memory = [], 0.0
    rest = [str(path) for path in files]
    while rest:
        command = [sys.executable, str(Path(__file__).with_name("mask_peer.py")), name, "--vocab", options.vocab]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        # The vocabulary is not part of any case.
        ready = process.stdout.readline()
        while ready and rest:
            process.stdin.write(rest[0] + "\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], options.seconds)[0]:
                break
            line = process.stdout.readline()
            if not line:
                break
            result = json.loads(line)
            memory = max(memory, result["memory"])
            results.append(result)
            rest.pop(0)
        process.kill()
        process.wait()
        if not ready:
            raise SystemExit(f"{name} does not start: run {' '.join(command)}")
        if rest:
            results.append({"refusal": f"nothing within {options.seconds} s, or a crash"})
            rest.pop(0)
    token = sorted(time for result in results for time in result.get("tokens", []))
    compiled = [result["compile"] for result in results if "compile" in result]
    if options.refusals:
        for path, result in zip(files, results):
            if "refusal" in result:
                print(f"{name}: {path.name}: {result['refusal'][:160]}", file=sys.stderr)
    return {
        "right": sum(result.get("right", False) for result in results),
        "refused": sum("refusal" in result for result in results),
        "invalid accepted": sum(result.get("accepted", 0) for result in results),
        "valid rejected": sum(result.get("rejected", 0) for result in results),
        "mean": sum(token) / max(1, len(token)) / 1000,
        "p50": percentile(token, 50), "p99": percentile(token, 99), "p99.9": percentile(token, 99.9),
        "max": percentile(token, 100),
        "compile": sum(compiled) / max(1, len(compiled)) / 1000, "compile max": max(compiled, default=0) / 1000,
        "memory": memory,
    }


def shown(key, value):
    if key in ("right", "refused", "invalid accepted", "valid rejected"):
        return f"{value:,}"
    if key == "memory":
        return f"{value:.0f} MB"
    if key.startswith("compile"):
        return f"{value / 1000:.2f} ms"
    return f"{value:.1f} µs" if value < 100 else f"{value:,.0f} µs"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--vocab", required=True)
    parser.add_argument("--bench", default=shutil.which("callgate-bench"))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--only", help="engines, with commas between them")
    parser.add_argument("--refusals", action="store_true", help="list what was refused on standard error")
    options = parser.parse_args()
    files = cases(options)
    engines = [name for name in ["callgate", *PEERS] if options.only is None or name in options.only.split(",")]
    figures = {}
    for name in engines:
        print(f"{name}, {len(files)} cases …", file=sys.stderr)
        figures[name] = callgate(options, files) if name == "callgate" else peer(name, options, files)
    print(f"{len(files)} cases; mask and advance and compilation in processor time of the thread")
    print("| | " + " | ".join(NAMES[name] for name in engines) + " |")
    print("|---|" + "---|" * len(engines))
    base = figures.get("callgate")
    for key in figures[engines[0]]:
        row = []
        for name in engines:
            text = shown(key, figures[name][key])
            counted = key in ("right", "refused", "invalid accepted", "valid rejected")
            if base and name != "callgate" and not counted and base[key]:
                text += f" (× {figures[name][key] / base[key]:.2f})"
            row.append(text)
        print(f"| {key} | " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
