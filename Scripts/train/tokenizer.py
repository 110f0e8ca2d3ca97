"""A byte-level vocabulary without merges: the templates' frequent words are whole tokens, all else falls to bytes.

Names, IDs, titles and comments never enter it, so that copying them is always the same skill: copying bytes.
"""

from collections import Counter

import regex

import conversations
from catalogue import system_text
from sampler import Sampler

SPECIAL = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<tool_response>",
    "</tool_response>", "<tools>", "</tools>",
]
# The pre-tokeniser pattern that GGUF files name "llama-bpe".
PRE_TOKEN = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
TAG = regex.compile("(" + "|".join(regex.escape(tag) for tag in SPECIAL) + ")")
PLACEHOLDER = "Qxqx"


class Tokenizer:
    def __init__(self, words):
        self.entries = [bytes([byte]) for byte in range(256)] + [word.encode() for word in words]
        self.ids = {entry: id for id, entry in enumerate(self.entries)}
        self.special = {tag: len(self.entries) + index for index, tag in enumerate(SPECIAL)}
        self.size = len(self.entries) + len(SPECIAL)
        self.end = self.special["<|im_end|>"]
        self._remembered = {}

    def text(self, text):
        """Tokens of text from a person, a tool or a model: never a special one."""
        found = []
        for piece in PRE_TOKEN.findall(text):
            ids = self._remembered.get(piece)
            if ids is None:
                data = piece.encode()
                ids = [self.ids[data]] if data in self.ids else list(data)
                if len(self._remembered) < 200_000:
                    self._remembered[piece] = ids
            found += ids
        return found

    def prompt(self, text):
        """Tokens of a template's own text, in which tags are special tokens."""
        found = []
        for part in TAG.split(text):
            if part in self.special:
                found.append(self.special[part])
            elif part:
                found += self.text(part)
        return found

    def decode(self, ids):
        names = {id: tag.encode() for tag, id in self.special.items()}
        return b"".join(names.get(id) or self.entries[id] for id in ids).decode(errors="replace")


class Blank(Sampler):
    """A sampler whose names, titles and words are all one placeholder."""

    def name(self):
        return PLACEHOLDER

    title = comment = name

    def noun(self):
        return PLACEHOLDER.lower()

    def word(self, capital=False):
        return PLACEHOLDER.lower()


def frequent_words(seed=5, samples=6_000, least=12):
    """The words of the templates that occur often, sorted; none with a digit or a placeholder."""
    sampler, counts = Blank(seed), Counter()
    for _ in range(samples):
        for text, _ in conversations.segments(conversations.conversation(sampler)):
            for part in TAG.split(text):
                if part not in SPECIAL:
                    counts.update(PRE_TOKEN.findall(part))
    for _ in range(100):
        for part in TAG.split(system_text()):
            if part not in SPECIAL:
                counts.update(PRE_TOKEN.findall(part))
    return sorted(
        word
        for word, count in counts.items()
        if count >= least
        and len(word.encode()) > 1
        and PLACEHOLDER.lower() not in word.lower()
        and not any(character.isdigit() for character in word)
    )
