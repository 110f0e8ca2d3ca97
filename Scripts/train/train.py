"""Trains the support-desk model: `python train.py --out DIR`. Every 200 steps a checkpoint; `--resume` goes on from it.

The system message is evaluated once a step and shared by all sequences of the batch, so that nearly all time goes to
tokens that differ. Loss counts on the assistant's tokens alone.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F

import conversations
from catalogue import system_message
from model import Config, Llama, prefix_mask
from optimiser import optimisers
from sampler import Sampler
from tokenizer import Tokenizer, frequent_words

# oneDNN compiles a kernel for every new shape, so sequences are padded to few lengths.
LENGTHS = (128, 192, 256, 384, 512, 736)
BATCH_TOKENS = 3_072
# Share of the steps with the short system message, and share over which the learning rate falls to zero.
SHORT_SHARE, DECAY_SHARE = 0.3, 0.45
WARM_UP_STEPS = 40
FOLLOW_UP_SHARE = 0.06


class Batches:
    """Endless batches of conversations of about one length: tokens and targets (-100 where nothing is learnt)."""

    def __init__(self, tokenizer, seed):
        self.tokenizer = tokenizer
        self.sampler = Sampler(seed)
        self.waiting = {length: [] for length in LENGTHS}
        self.ready = []

    def encoded(self, talk):
        follow_up = []
        if self.sampler.random.random() < FOLLOW_UP_SHARE:
            follow_up = conversations.segments(conversations.conversation(self.sampler))
        ids, learnt = [], []
        for text, is_target in conversations.segments(talk) + follow_up:
            tokens = self.tokenizer.prompt(text)
            ids += tokens
            learnt += [is_target] * len(tokens)
        return ids, learnt

    def fill(self):
        while not self.ready:
            for _ in range(100):
                ids, learnt = self.encoded(conversations.conversation(self.sampler))
                length = next((length for length in LENGTHS if len(ids) <= length + 1), None)
                if length is None:
                    continue
                self.waiting[length].append((ids, learnt))
                if len(self.waiting[length]) == BATCH_TOKENS // length:
                    self.ready.append((length, self.waiting[length]))
                    self.waiting[length] = []

    def next(self):
        self.fill()
        length, rows = self.ready.pop(0)
        tokens = torch.zeros(len(rows), length + 1, dtype=torch.long)
        learnt = torch.zeros(len(rows), length + 1, dtype=torch.bool)
        for row, (ids, targets) in enumerate(rows):
            tokens[row, : len(ids)] = torch.tensor(ids)
            learnt[row, : len(ids)] = torch.tensor(targets)
        return tokens[:, :-1], tokens[:, 1:].masked_fill(~learnt[:, 1:], -100), sum(len(ids) for ids, _ in rows)


def loss_of(net, prefix, tokens, targets):
    with torch.autocast("cpu", torch.bfloat16):
        _, past = net.hidden(prefix)
        mask = prefix_mask(prefix.shape[1], tokens.shape[1])
        hidden, _ = net.hidden(tokens, past, prefix.shape[1], mask)
        logits = net.logits(hidden)
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), ignore_index=-100)


def train(out, steps, seed, threads, resume):
    torch.manual_seed(1)
    random.seed(seed)
    torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    vocabulary, checkpoint = out / "vocabulary.json", out / "checkpoint.pt"
    words = frequent_words()
    vocabulary.write_text(json.dumps(words, ensure_ascii=False))
    tokenizer = Tokenizer(words)
    net = Llama(Config(tokenizer.size))
    optims = optimisers(net)
    rates = [group["lr"] for optim in optims for group in optim.param_groups]
    first = 0
    if resume and checkpoint.exists():
        saved = torch.load(checkpoint)
        net.load_state_dict(saved["net"])
        for optim, state in zip(optims, saved["optimisers"]):
            optim.load_state_dict(state)
        first = saved["step"]
    prefixes = {full: torch.tensor([tokenizer.prompt(system_message(full))]) for full in (False, True)}
    # A resumed run draws fresh conversations rather than the first ones again.
    batches = Batches(tokenizer, seed + first)
    print(f"{sum(p.numel() for p in net.parameters())} parameters, {tokenizer.size} tokens in the vocabulary")
    started, seen, average = time.time(), 0, None
    for step in range(first, steps):
        done = step / steps
        rate = min(1, (step + 1) / WARM_UP_STEPS) * min(1, (1 - done) / DECAY_SHARE)
        for group, base in zip((g for optim in optims for g in optim.param_groups), rates):
            group["lr"] = base * rate
        tokens, targets, count = batches.next()
        loss = loss_of(net, prefixes[done > SHORT_SHARE], tokens, targets)
        for optim in optims:
            optim.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        for optim in optims:
            optim.step()
        seen += count
        average = loss.item() if average is None else 0.98 * average + 0.02 * loss.item()
        if step % 25 == 0:
            elapsed = time.time() - started
            print(f"step {step} loss {average:.4f} tokens {seen} {seen / elapsed:.0f}/s {elapsed:.0f} s", flush=True)
        if step % 200 == 199 or step == steps - 1:
            state = {"net": net.state_dict(), "config": vars(net.config), "step": step + 1}
            torch.save(state | {"optimisers": [optim.state_dict() for optim in optims]}, checkpoint)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build"))
    parser.add_argument("--steps", type=int, default=2_600)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    train(arguments.out, arguments.steps, arguments.seed, arguments.threads, arguments.resume)
