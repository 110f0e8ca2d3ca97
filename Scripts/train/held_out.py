"""Writes the held-out prompts: `python held_out.py OUTPUT.jsonl`. Names, titles and IDs never occur in training."""

import argparse
import json
from pathlib import Path

import conversations
import words
from sampler import Sampler

assert not set(words.TRAINING_NAMES) & set(words.HELD_OUT_NAMES)
assert not set(words.NOUNS) & set(words.HELD_OUT_NOUNS)
assert not set(words.FAULTS) & set(words.HELD_OUT_FAULTS)


def held_out(count, seed):
    sampler = Sampler(seed, held_out=True)
    return [conversations.conversation(sampler) for _ in range(count)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=777)
    arguments = parser.parse_args()
    with arguments.output.open("w") as file:
        for talk in held_out(arguments.count, arguments.seed):
            item = {
                "kind": talk.kind, "prompt": talk.prompt, "world": talk.world, "rounds": talk.rounds,
                "mentions": talk.mentions, "omits": talk.omits,
            }
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
