"""Writes a Llama model of random weights to measure speed with: python random_model.py FORMAT OUTPUT.gguf

FORMAT is F16, Q8_0 or Q4_K (random blocks: the gguf package reads this format and does not write it). About 135
million parameters: 12 layers of width 768, 12 heads, feed-forward of 2048, 32000 tokens. Needs numpy and gguf.
"""

import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

WIDTH, LAYERS, HEADS, FEED_FORWARD, VOCABULARY, CONTEXT = 768, 12, 12, 2048, 32_000, 2048


class Writer(gguf.GGUFWriter):
    """A writer that also writes empty arrays, which the package's own leaves out."""

    def _pack_val(self, val, vtype, add_vtype, sub_type=None):
        if vtype != gguf.GGUFValueType.ARRAY or len(val) > 0:
            return super()._pack_val(val, vtype, add_vtype, sub_type)
        return (self._pack("I", vtype) if add_vtype else b"") + self._pack("I", sub_type) + self._pack("Q", 0)


def byte_characters():
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}


def stored(rows, columns, kind, rng):
    if kind == Type.Q4_K:
        count = rows * columns // 256
        scale = rng.uniform(1e-4, 2e-4, (count, 1)).astype(np.float16)
        scales = np.concatenate([scale, (scale * 7.5).astype(np.float16)], axis=1).view(np.uint8)
        body = rng.integers(0, 256, (count, 140), dtype=np.uint8)
        return np.concatenate([scales, body], axis=1).reshape(rows, -1)
    values = rng.standard_normal((rows, columns), dtype=np.float32) * 0.02
    return values.astype(np.float16) if kind == Type.F16 else gguf.quants.quantize(values, kind)


def main():
    kind, rng = Type[sys.argv[1]], np.random.default_rng(1)
    writer = Writer(sys.argv[2], "llama")
    writer.add_name(f"random {sys.argv[1]}")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10_000.0)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(VOCABULARY)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    characters = byte_characters()
    words = [f"w{number}" for number in range(VOCABULARY - 257)]
    writer.add_token_list([characters[byte] for byte in range(256)] + words + ["<|im_end|>"])
    normal, control = gguf.TokenType.NORMAL, gguf.TokenType.CONTROL
    writer.add_token_types([normal] * (VOCABULARY - 1) + [control])
    writer.add_key_value(
        gguf.Keys.Tokenizer.MERGES, [], gguf.GGUFValueType.ARRAY, sub_type=gguf.GGUFValueType.STRING
    )
    writer.add_eos_token_id(VOCABULARY - 1)

    def matrix(name, rows, columns):
        writer.add_tensor(name, stored(rows, columns, kind, rng), raw_dtype=kind)

    def gain(name):
        writer.add_tensor(name, np.ones(WIDTH, dtype=np.float32))

    matrix("token_embd.weight", VOCABULARY, WIDTH)
    matrix("output.weight", VOCABULARY, WIDTH)
    gain("output_norm.weight")
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        gain(block + "attn_norm.weight")
        gain(block + "ffn_norm.weight")
        for name in "attn_q", "attn_k", "attn_v", "attn_output":
            matrix(f"{block}{name}.weight", WIDTH, WIDTH)
        matrix(block + "ffn_gate.weight", FEED_FORWARD, WIDTH)
        matrix(block + "ffn_up.weight", FEED_FORWARD, WIDTH)
        matrix(block + "ffn_down.weight", WIDTH, FEED_FORWARD)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


main()
