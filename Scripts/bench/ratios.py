"""Prints two reports of the mask benchmark side by side, with the ratio of the first to the second."""

import json
import sys

ours, theirs = (json.load(open(path)) for path in sys.argv[1:3])
print(f"{'':24}{'callgate':>14}{'llguidance':>14}{'ratio':>8}")


def row(name, a, b):
    ratio = f"{a / b:.2f}" if a is not None and b else "-"
    print(f"{name:24}{a!s:>14}{b!s:>14}{ratio:>8}")


for key in ["cases", "refused", "passing", "valid_rejected", "invalid_accepted", "tokens", "peak_mb"]:
    row(key, ours[key], theirs[key])
for group in ["token_us", "compile_us"]:
    for key in ours[group]:
        row(f"{group} {key}", ours[group][key], theirs[group].get(key))
