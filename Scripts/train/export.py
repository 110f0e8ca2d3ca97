"""Writes a checkpoint as a GGUF v3 file: `python export.py --from DIR OUTPUT.gguf`. Matrices Q8_0, norms F32."""

import argparse
import json
from pathlib import Path

import gguf
import torch

from template import CHAT_TEMPLATE
from tokenizer import SPECIAL, Tokenizer

TENSORS = {
    "n1": "attn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "n2": "ffn_norm",
    "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down",
}


def byte_spelling():
    """GPT-2's spelling of each byte as a printable character."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spelling = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in spelling:
            spelling[byte] = chr(256 + len(spelling) - len(printable))
    return spelling


class Writer(gguf.GGUFWriter):
    """A writer that also writes empty arrays, which the package's own leaves out."""

    def _pack_val(self, val, vtype, add_vtype, sub_type=None):
        if vtype != gguf.GGUFValueType.ARRAY or len(val) > 0:
            return super()._pack_val(val, vtype, add_vtype, sub_type)
        return (self._pack("I", vtype) if add_vtype else b"") + self._pack("I", sub_type) + self._pack("Q", 0)


def export(folder, output):
    saved = torch.load(folder / "checkpoint.pt", map_location="cpu")
    config, weights = saved["config"], saved["net"]
    tokenizer = Tokenizer(json.loads((folder / "vocabulary.json").read_text()))
    writer = Writer(str(output), "llama")
    writer.add_name("Callgate support desk")
    writer.add_license("MIT")
    writer.add_context_length(config["context"])
    writer.add_embedding_length(config["d"])
    writer.add_block_count(config["layers"])
    writer.add_feed_forward_length(config["ffn"])
    writer.add_head_count(config["heads"])
    writer.add_head_count_kv(config["kv"])
    writer.add_layer_norm_rms_eps(config["eps"])
    writer.add_rope_freq_base(config["theta"])
    writer.add_rope_dimension_count(config["d"] // config["heads"])
    writer.add_vocab_size(config["vocab"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    spelling = byte_spelling()
    writer.add_tokenizer_model("gpt2")
    # "llama-bpe" readers take a pre-token that is an entry as it is, and there is nothing to merge in the others.
    # llama.cpp refuses a file that does not say so.
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_key_value(
        gguf.Keys.Tokenizer.MERGES, [], gguf.GGUFValueType.ARRAY, sub_type=gguf.GGUFValueType.STRING
    )
    writer.add_token_list(["".join(spelling[b] for b in entry) for entry in tokenizer.entries] + SPECIAL)
    kinds = [gguf.TokenType.CONTROL if tag.startswith("<|") else gguf.TokenType.USER_DEFINED for tag in SPECIAL]
    writer.add_token_types([gguf.TokenType.NORMAL] * len(tokenizer.entries) + kinds)
    writer.add_eos_token_id(tokenizer.end)
    writer.add_bos_token_id(tokenizer.special["<|endoftext|>"])
    writer.add_pad_token_id(tokenizer.special["<|endoftext|>"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)

    def add(name, tensor):
        values = tensor.float().numpy()
        if tensor.ndim == 1:
            writer.add_tensor(name, values)
        else:
            q8 = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(values, q8), raw_dtype=q8)

    add("token_embd.weight", weights["emb.weight"])
    add("output_norm.weight", weights["norm.weight"])
    for block in range(config["layers"]):
        for ours, theirs in TENSORS.items():
            add(f"blk.{block}.{theirs}.weight", weights[f"blocks.{block}.{ours}.weight"])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="folder", type=Path, default=Path("build"))
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    export(arguments.folder, arguments.output)
