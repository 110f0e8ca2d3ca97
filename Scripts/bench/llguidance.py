"""Runs MaskBench files through llguidance (PyPI) and prints the figures that `callgate-bench mask` prints.

    python Scripts/bench/llguidance.py ../shared/maskbench --vocab ../shared/vocab/tekken-131k.tiktoken [--json]

Needs `pip install llguidance==1.9.1`. Instances are tokenised by greedy longest match, as Callgate's bench does,
and times are processor time of the thread.
"""

import argparse
import base64
import json
import math
import resource
import sys
import time
from pathlib import Path

# The script is named like the package it measures: keep its own folder out of the way.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper  # noqa: E402

PERCENTILES = [25, 50, 75, 90, 95, 99, 99.9, 100]


class Vocabulary:
    """A tiktoken file as llguidance's tokenizer wrapper wants it; IDs without a line are special."""

    bos_token_id = None

    def __init__(self, path):
        self.by_bytes = {}
        for line in Path(path).read_text().split("\n"):
            if line:
                text, number = line.split(" ")
                self.by_bytes[base64.b64decode(text)] = int(number)
        size = max(self.by_bytes.values()) + 1
        known = {number: text for text, number in self.by_bytes.items()}
        self.tokens = [known.get(number, b"\xff<|special_%d|>" % number) for number in range(size)]
        self.special_token_ids = [number for number in range(size) if number not in known]
        self.eos_token_id = 2
        self.longest = max(map(len, self.by_bytes))

    def __call__(self, text):
        data = text if isinstance(text, bytes) else text.encode("utf-8")
        tokens, position = [], 0
        while position < len(data):
            for size in range(min(self.longest, len(data) - position), 0, -1):
                number = self.by_bytes.get(data[position : position + size])
                if number is not None:
                    tokens.append(number)
                    position += size
                    break
            else:
                raise ValueError("a byte that starts no token")
        return tokens


def drive(matcher, tokens, eos, times):
    """Whether the tokens can be written to their end."""
    for token in tokens:
        begun = time.thread_time_ns()
        mask = matcher.compute_bitmask()
        allowed = mask[token >> 3] >> (token & 7) & 1
        if allowed:
            allowed = matcher.consume_token(token)
        times.append(time.thread_time_ns() - begun)
        if not allowed:
            return False
    begun = time.thread_time_ns()
    mask = matcher.compute_bitmask()
    times.append(time.thread_time_ns() - begun)
    return bool(mask[eos >> 3] >> (eos & 7) & 1)


def distribution(times):
    ordered = sorted(times)
    points = {}
    for point in PERCENTILES:
        rank = max(0, math.ceil(point / 100 * len(ordered)) - 1)
        points[f"p{point}"] = round(ordered[rank] / 1000, 2)
    points["mean"] = round(sum(ordered) / len(ordered) / 1000, 2)
    return points


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--vocab", required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--failures", action="store_true")
    parser.add_argument("--limit", type=int)
    options = parser.parse_args()

    vocabulary = Vocabulary(options.vocab)
    tokenizer = LLTokenizer(TokenizerWrapper(vocabulary), n_vocab=len(vocabulary.tokens), slices=LLTokenizer.json_slices())
    token_times, compile_times, failures = [], [], []
    files = sorted(path for path in Path(options.folder).iterdir() if path.suffix == ".json")[: options.limit]
    refused = passing = rejected = accepted = 0
    for path in files:
        case = json.loads(path.read_text())
        begun = time.thread_time_ns()
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(case["schema"]))
        start = LLMatcher(tokenizer, grammar, log_level=0)
        if start.is_error():
            refused += 1
            failures.append((path.name, start.get_error().splitlines()[0]))
            continue
        start.compute_bitmask()
        compile_times.append(time.thread_time_ns() - begun)
        right = True
        for number, test in enumerate(case["tests"]):
            tokens = vocabulary(json.dumps(test["data"], ensure_ascii=False))
            matcher = start.deep_copy()
            taken = drive(matcher, tokens, vocabulary.eos_token_id, token_times)
            if taken != test["valid"]:
                right = False
                rejected += test["valid"]
                accepted += not test["valid"]
                failures.append((path.name, f"test {number}: {'valid rejected' if test['valid'] else 'invalid accepted'}"))
        passing += right

    report = {
        "cases": len(files),
        "refused": refused,
        "passing": passing,
        "valid_rejected": rejected,
        "invalid_accepted": accepted,
        "tokens": len(token_times),
        "token_us": distribution(token_times),
        "compile_us": distribution(compile_times),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        for key, value in report.items():
            print(key, value)
    if options.failures:
        for name, reason in failures:
            print(name, reason, sep=": ")


if __name__ == "__main__":
    main()
