"""Copies a GGUF file and gives it an empty list of merges, without which llama.cpp reads no byte-level vocabulary.

    with_merges.py FROM TO
"""

import struct
import sys

SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY = 8, 9
KEY = b"tokenizer.ggml.merges"


class Reader:
    def __init__(self, data):
        self.data, self.place = data, 0

    def number(self, form):
        (value,) = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize(form)
        return value

    def string(self):
        count = self.number("Q")
        self.place += count
        return self.data[self.place - count : self.place]

    def value(self, kind):
        """Skips a value; returns its bytes."""
        start = self.place
        if kind == STRING:
            self.string()
        elif kind == ARRAY:
            element, count = self.number("I"), self.number("Q")
            for _ in range(count):
                self.value(element)
        else:
            self.place += SIZES[kind]
        return self.data[start : self.place]


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    reader = Reader(data)
    reader.place = 4
    version, tensors, keys = reader.number("I"), reader.number("Q"), reader.number("Q")
    start, alignment = reader.place, 32
    for _ in range(keys):
        key = reader.string()
        value = reader.value(reader.number("I"))
        if key == KEY:
            sys.exit(f"{sys.argv[1]} has merges already")
        if key == b"general.alignment":
            (alignment,) = struct.unpack("<I", value)
    for _ in range(tensors):
        reader.string()
        dimensions = reader.number("I")
        reader.place += 8 * dimensions + 4 + 8
    weights = -(-reader.place // alignment) * alignment
    added = struct.pack("<Q", len(KEY)) + KEY + struct.pack("<IIQ", ARRAY, STRING, 0)
    head = data[:4] + struct.pack("<IQQ", version, tensors, keys + 1) + added + data[start : reader.place]
    head += b"\0" * (-len(head) % alignment)
    with open(sys.argv[2], "wb") as file:
        file.write(head + data[weights:])


main()
