"""Trains the support-desk model: `python train.py --out DIR`. Every 100 steps a checkpoint; `--resume` goes on from it.

The system message is evaluated once a step and shared by all sequences of the batch, so that nearly all time goes to
tokens that differ. Loss counts on the assistant's tokens alone.
"""

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

import conversations
from catalogue import system_message
from model import Config, Llama, prefix_mask
from optimiser import Muon, optimisers
from sampler import Sampler
from tokenizer import Tokenizer, frequent_words

# oneDNN compiles a kernel for every new shape, so sequences are padded to few lengths.
LENGTHS = (128, 192, 256, 384, 512, 736)
WARM_UP_STEPS = 40
FOLLOW_UP_SHARE = 0.06
DIGITS = slice(ord("0"), ord("9") + 1)


@dataclass(frozen=True)
class Phase:
    """A stretch of the training with settings of its own; see README.md for why there are several."""

    steps: int
    seed: int
    batch_tokens: int = 2_048
    muon: float = 0.02
    adam: float = 4e-3
    decay: float = 0.01
    # The learning rate's factor at the beginning and the end; it falls in the last part of the phase.
    rate: tuple = (1.0, 1.0)
    falling_share: float = 1.0
    # Share of the steps that have the catalogue in the system message, and the share of steps after which all have.
    catalogue: float = 0.35
    catalogue_from: float = 1.0
    digit_weight: float = 1.0
    wide: bool = False
    keeps_optimisers: bool = False
    # Applied to the weights before the phase.
    shrink_attention: float = 1.0
    spread_digits: bool = False


PHASES = [
    Phase(1_000, 11, batch_tokens=3_072, catalogue=0.0, catalogue_from=0.78),
    Phase(200, 1_011, catalogue=0.4, keeps_optimisers=True),
    Phase(800, 2_011, rate=(0.8, 0.544), keeps_optimisers=True),
    Phase(200, 3_011, muon=0.006, adam=2e-3, decay=0.1, shrink_attention=0.5),
    Phase(400, 5_011, muon=0.006, adam=2e-3, decay=0.1, digit_weight=4.0),
    Phase(
        1_400, 6_011, muon=0.007, adam=2e-3, decay=0.1, digit_weight=4.0, spread_digits=True, rate=(1.0, 0.0),
        falling_share=0.85, catalogue_from=0.8,
    ),
    Phase(
        2_600, 7_011, muon=0.007, adam=2e-3, decay=0.1, digit_weight=3.0, wide=True, rate=(1.0, 0.0),
        falling_share=0.9, catalogue=0.4, catalogue_from=0.8,
    ),
]


class Batches:
    """Endless batches of conversations of about one length: tokens and targets (-100 where nothing is learnt)."""

    def __init__(self, tokenizer, seed, tokens, wide):
        self.tokenizer = tokenizer
        self.tokens = tokens
        self.sampler = Sampler(seed, wide=wide)
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
                if len(self.waiting[length]) == self.tokens // length:
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


def loss_of(net, prefix, tokens, targets, digit_weight):
    with torch.autocast("cpu", torch.bfloat16):
        _, past = net.hidden(prefix)
        mask = prefix_mask(prefix.shape[1], tokens.shape[1])
        hidden, _ = net.hidden(tokens, past, prefix.shape[1], mask)
        logits = net.logits(hidden)
    targets = targets.flatten()
    losses = F.cross_entropy(logits.float().flatten(0, 1), targets, ignore_index=-100, reduction="none")
    is_digit = (targets >= DIGITS.start) & (targets < DIGITS.stop)
    weights = torch.where(is_digit, digit_weight, 1.0) * (targets != -100)
    return (losses * weights).sum() / weights.sum()


@torch.no_grad()
def prepare(net, phase):
    if phase.shrink_attention != 1:
        for block in net.blocks:
            block.q.weight.mul_(phase.shrink_attention)
            block.k.weight.mul_(phase.shrink_attention)
    if phase.spread_digits:
        digits = net.emb.weight[DIGITS].clone()
        mean = digits.mean(0)
        net.emb.weight[DIGITS] = 0.6 * mean + 2 * (digits - mean)


def rate_of(phase, step):
    done = step / phase.steps
    first, last = phase.rate
    falling = max(0.0, (done - (1 - phase.falling_share)) / phase.falling_share)
    warm_up = 1.0 if phase.keeps_optimisers else min(1.0, (step + 1) / WARM_UP_STEPS)
    return warm_up * (first + (last - first) * falling)


def train(out, threads, resume):
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "checkpoint.pt"
    words = frequent_words()
    (out / "vocabulary.json").write_text(json.dumps(words, ensure_ascii=False))
    tokenizer = Tokenizer(words)
    net = Llama(Config(tokenizer.size))
    optims, start = None, (0, 0)
    if resume and checkpoint.exists():
        saved = torch.load(checkpoint)
        net.load_state_dict(saved["net"])
        optims, start = optimisers(net), (saved["phase"], saved["step"])
        for optim, state in zip(optims, saved["optimisers"]):
            optim.load_state_dict(state)
    prefixes = {full: torch.tensor([tokenizer.prompt(system_message(full))]) for full in (False, True)}
    print(f"{sum(p.numel() for p in net.parameters())} parameters, {tokenizer.size} tokens in the vocabulary")
    for number, phase in enumerate(PHASES):
        if number < start[0]:
            continue
        first = start[1] if number == start[0] else 0
        if first == 0:
            prepare(net, phase)
            if not (phase.keeps_optimisers and optims):
                optims = optimisers(net, phase.muon, phase.adam, phase.decay)
        # A resumed phase draws fresh conversations rather than its first ones again.
        batches = Batches(tokenizer, phase.seed + first, phase.batch_tokens, phase.wide)
        choose = random.Random(phase.seed + first)
        run(net, optims, phase, number, first, batches, choose, prefixes, checkpoint)


def run(net, optims, phase, number, first, batches, choose, prefixes, checkpoint):
    groups = [group for optim in optims for group in optim.param_groups]
    bases = [phase.muon if isinstance(optim, Muon) else phase.adam for optim in optims for _ in optim.param_groups]
    started, seen, average = time.time(), 0, None
    for step in range(first, phase.steps):
        rate = rate_of(phase, step)
        for group, base in zip(groups, bases):
            group["lr"] = base * rate
        tokens, targets, count = batches.next()
        full = step >= phase.catalogue_from * phase.steps or choose.random() < phase.catalogue
        loss = loss_of(net, prefixes[full], tokens, targets, phase.digit_weight)
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
            print(f"phase {number + 1} step {step} loss {average:.4f} {seen / elapsed:.0f} tokens/s", flush=True)
        if step % 100 == 99 or step == phase.steps - 1:
            done = step + 1 == phase.steps
            state = {
                "net": net.state_dict(), "config": vars(net.config), "phase": number + done,
                "step": 0 if done else step + 1, "optimisers": [optim.state_dict() for optim in optims],
            }
            torch.save(state, checkpoint)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build"))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    train(arguments.out, arguments.threads, arguments.resume)
