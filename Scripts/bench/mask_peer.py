"""One mask engine from PyPI: reads names of MaskBench files, writes a line of JSON for each; see masks.sh.

Instances are tokenised by greedy longest match, as callgate-bench does, and times are processor time of the thread. Each
engine is asked as its documentation has it, for JSON Schema without further restrictions.
"""

import argparse
import base64
import json
import resource
import sys
import time
import types
from pathlib import Path

try:
    # Before the stand-ins: it looks for a torch of its own.
    import tvm_ffi  # noqa: F401
except ImportError:
    pass

# A mask of xgrammar travels in any array; its package imports these for other purposes.
for missing in ["torch", "transformers"]:
    try:
        __import__(missing)
    except ImportError:
        module = types.ModuleType(missing)
        module.__getattr__ = lambda name: type(name, (), {"__init__": lambda self, *_, **__: None})
        sys.modules[missing] = module

END = 2


class Vocabulary:
    """A tiktoken file; IDs without a line are special."""

    def __init__(self, path):
        self.by_bytes = {}
        for line in Path(path).read_text().split("\n"):
            if line:
                text, number = line.split(" ")
                self.by_bytes[base64.b64decode(text)] = int(number)
        self.size = max(self.by_bytes.values()) + 1
        self.known = {number: text for text, number in self.by_bytes.items()}
        # No text contains the byte FF.
        self.tokens = [self.known.get(number, b"\xff<|special_%d|>" % number) for number in range(self.size)]
        self.longest = max(map(len, self.by_bytes))

    def split(self, data):
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


class LLGuidance:
    def __init__(self, vocabulary):
        from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

        class Wrapped:
            bos_token_id = None
            eos_token_id = END
            tokens = vocabulary.tokens
            special_token_ids = [number for number in range(vocabulary.size) if number not in vocabulary.known]

            def __call__(self, text):
                return vocabulary.split(text if isinstance(text, bytes) else text.encode())

        self.matcher = LLMatcher
        self.tokenizer = LLTokenizer(
            TokenizerWrapper(Wrapped()), n_vocab=vocabulary.size, slices=LLTokenizer.json_slices())

    def compile(self, schema):
        start = self.matcher(self.tokenizer, self.matcher.grammar_from_json_schema(schema), log_level=0)
        if start.is_error():
            raise ValueError(start.get_error().splitlines()[0])
        start.compute_bitmask()
        return start

    def begin(self, start):
        return start.deep_copy()

    def mask(self, matcher):
        self.words = matcher.compute_bitmask()

    def allows(self, token):
        return bool(self.words[token >> 3] >> (token & 7) & 1)

    def take(self, matcher, token):
        return matcher.consume_token(token)

    def can_end(self, matcher):
        return self.allows(END)


class XGrammar:
    def __init__(self, vocabulary):
        import numpy
        import xgrammar

        self.library = xgrammar
        info = xgrammar.TokenizerInfo(
            vocabulary.tokens, vocab_type=xgrammar.VocabType.RAW, stop_token_ids=[END])
        self.compiler = xgrammar.GrammarCompiler(info, max_threads=1, cache_enabled=False)
        self.words = numpy.zeros((1, (vocabulary.size + 31) // 32), dtype=numpy.int32)

    def compile(self, schema):
        grammar = self.compiler.compile_json_schema(schema, strict_mode=False)
        self.mask(self.begin(grammar))
        return grammar

    def begin(self, grammar):
        return self.library.GrammarMatcher(grammar)

    def mask(self, matcher):
        matcher.fill_next_token_bitmask(self.words)

    def allows(self, token):
        return bool(int(self.words[0, token >> 5]) >> (token & 31) & 1)

    def take(self, matcher, token):
        return matcher.accept_token(token)

    def can_end(self, matcher):
        return self.allows(END)


class GLRMask:
    def __init__(self, vocabulary):
        import glrmask
        import numpy

        self.library = glrmask
        self.vocabulary = glrmask.Vocab.from_id_to_bytes(vocabulary.known)
        self.words = numpy.zeros((vocabulary.size + 31) // 32, dtype=numpy.int32)

    def compile(self, schema):
        constraint = self.library.Grammar.from_json_schema(schema).compile(self.vocabulary)
        self.mask(self.begin(constraint))
        return constraint

    def begin(self, constraint):
        return constraint.start()

    def mask(self, state):
        state.fill_mask(self.words)

    def allows(self, token):
        return bool(int(self.words[token >> 5]) >> (token & 31) & 1)

    def take(self, state, token):
        return state.commit_token(token)

    def can_end(self, state):
        return state.is_accepting()


ENGINES = {"llguidance": LLGuidance, "xgrammar": XGrammar, "glrmask": GLRMask}


def drive(engine, matcher, tokens, times):
    """Whether the tokens can be written to their end."""
    for token in tokens:
        begun = time.thread_time_ns()
        engine.mask(matcher)
        masked = time.thread_time_ns()
        # Looking the bit up is the bench's work, not the engine's.
        allowed = engine.allows(token)
        again = time.thread_time_ns()
        if allowed:
            allowed = engine.take(matcher, token)
        times.append(masked - begun + time.thread_time_ns() - again)
        if not allowed:
            return False
    begun = time.thread_time_ns()
    engine.mask(matcher)
    times.append(time.thread_time_ns() - begun)
    return bool(engine.can_end(matcher))


def run(engine, vocabulary, path):
    case = json.loads(Path(path).read_text())
    begun = time.thread_time_ns()
    try:
        start = engine.compile(json.dumps(case["schema"]))
    except Exception as error:
        return {"refusal": str(error) or type(error).__name__}
    result = {"compile": time.thread_time_ns() - begun, "tokens": [], "accepted": 0, "rejected": 0}
    for test in case["tests"]:
        tokens = vocabulary.split(json.dumps(test["data"], ensure_ascii=False).encode())
        taken = drive(engine, engine.begin(start), tokens, result["tokens"])
        result["rejected"] += test["valid"] and not taken
        result["accepted"] += taken and not test["valid"]
    result["right"] = result["rejected"] == result["accepted"] == 0
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("--vocab", required=True)
    options = parser.parse_args()
    vocabulary = Vocabulary(options.vocab)
    engine = ENGINES[options.engine](vocabulary)
    print("ready", flush=True)
    for line in sys.stdin:
        result = run(engine, vocabulary, line.rstrip("\n"))
        result["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
