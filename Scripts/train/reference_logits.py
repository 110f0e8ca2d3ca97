"""What torch computes from a GGUF file, for comparison with the Swift forward pass.

    python reference_logits.py MODEL.gguf OUTPUT.json [--text TEXT | --tokens 1,2,3] [--positions 0,7,-1]

The weights are dequantised by the `gguf` package and evaluated in float64 by the model that was trained. Tags such as
<|im_start|> in TEXT are special tokens. OUTPUT holds the tokens and the whole logit vector at each position.
"""

import argparse
import json
from pathlib import Path

import gguf
import torch

from export import TENSORS, byte_spelling
from model import Config, Llama
from tokenizer import SPECIAL, Tokenizer

DEFAULT_TEXT = (
    "<|im_start|>user\nwhich high-priority tickets is Maya not making progress on?<|im_end|>\n"
    "<|im_start|>assistant\n<tool_call>\n"
)


def field(reader, key):
    return reader.get_field(key).contents()


def load(reader):
    """The model of a GGUF file, in float64, with a head of its own where the file has one."""
    size = lambda key: field(reader, f"llama.{key}")
    heads = size("attention.head_count")
    weights = {
        tensor.name: torch.tensor(gguf.quants.dequantize(tensor.data, tensor.tensor_type)).double()
        for tensor in reader.tensors
    }
    config = Config(
        vocab=weights["token_embd.weight"].shape[0], d=size("embedding_length"), layers=size("block_count"), heads=heads,
        kv=size("attention.head_count_kv"), ffn=size("feed_forward_length"), theta=size("rope.freq_base"),
        eps=size("attention.layer_norm_rms_epsilon"), context=size("context_length"),
    )
    state = {"emb.weight": weights["token_embd.weight"], "norm.weight": weights["output_norm.weight"]}
    for block in range(config.layers):
        for ours, theirs in TENSORS.items():
            state[f"blocks.{block}.{ours}.weight"] = weights[f"blk.{block}.{theirs}.weight"]
    torch.set_default_dtype(torch.float64)
    net = Llama(config)
    net.load_state_dict(state)
    return net, weights.get("output.weight", weights["token_embd.weight"])


def tokens_of(reader, text):
    spelling = {character: byte for byte, character in byte_spelling().items()}
    entries = field(reader, "tokenizer.ggml.tokens")
    words = [bytes(spelling[c] for c in entry).decode() for entry in entries[256 : -len(SPECIAL)]]
    tokenizer = Tokenizer(words)
    if entries[-len(SPECIAL) :] != SPECIAL or tokenizer.size != len(entries):
        raise SystemExit("the file's vocabulary was not written by export.py: give --tokens")
    return tokenizer.prompt(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--text", default=DEFAULT_TEXT)
    parser.add_argument("--tokens", help="token numbers, separated by commas, instead of a text")
    parser.add_argument("--positions", default="0,1,-1", help="which positions' logits to write, or all")
    arguments = parser.parse_args()
    reader = gguf.GGUFReader(arguments.model)
    if arguments.tokens:
        tokens = [int(token) for token in arguments.tokens.split(",")]
    else:
        tokens = tokens_of(reader, arguments.text)
    net, head = load(reader)
    with torch.no_grad():
        logits = net.hidden(torch.tensor([tokens]))[0][0] @ head.T
    every = range(len(tokens))
    wanted = every if arguments.positions == "all" else [every[int(p)] for p in arguments.positions.split(",")]
    rows = [{"position": p, "logits": [round(x, 5) for x in logits[p].tolist()]} for p in wanted]
    arguments.output.write_text(json.dumps({"tokens": tokens, "rows": rows}) + "\n")
